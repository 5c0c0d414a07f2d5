package dev.bulkhead.app.cluster.scan.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.watch.ObjectListener;
import dev.bulkhead.engine.access.AccessRule;
import dev.bulkhead.engine.access.AccessTable;
import dev.bulkhead.engine.access.Role;
import dev.bulkhead.engine.access.RoleBinding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The roles and bindings that exist, reduced, in any order of arrival. Thread-safe. If they do not fit into memory, nothing
 * is known of anybody's rights, since what is left out may be what matters.
 */
public final class AccessInventory {
    /** Of what is kept in the console; a cluster with 1,000 roles of ten rules each has some 6 MiB. */
    static final long MOST_BYTES = 32L << 20;

    private final long mostBytes;
    private final Map<String, Role> roles = new HashMap<>();
    private final Map<String, RoleBinding> bindings = new HashMap<>();
    private final Map<String, String> withoutToken = new HashMap<>();
    private final Set<String> leftOut = new HashSet<>();
    private Optional<AccessTable> table = Optional.empty();
    private long bytes;

    /** Of a limited size, for a process that goes on. */
    public static AccessInventory bounded() {
        return new AccessInventory(MOST_BYTES);
    }

    /** Of any size, for a single scan. */
    public static AccessInventory unbounded() {
        return new AccessInventory(Long.MAX_VALUE);
    }

    AccessInventory(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** Takes the objects of that kind. */
    public ObjectListener listener(AccessKind kind) {
        return new ObjectListener() {
            @Override
            public void arrived(ObjectNode object) {
                put(kind, object);
            }

            @Override
            public void deleted(String namespace, String name, String uid) {
                remove(uid);
            }
        };
    }

    /** What is known now, the same object as long as nothing changes; empty if not everything fits into memory. */
    public synchronized Optional<AccessTable> table() {
        if (!leftOut.isEmpty()) {
            return Optional.empty();
        }
        if (table.isEmpty()) {
            table = Optional.of(new AccessTable(
                    List.copyOf(roles.values()), List.copyOf(bindings.values()), List.copyOf(withoutToken.values())));
        }
        return table;
    }

    /** An object exists, or has changed. */
    public synchronized void put(AccessKind kind, JsonNode object) {
        JsonNode metadata = object.path("metadata");
        String uid = metadata.path("uid").asText();
        String namespace = metadata.path("namespace").asText();
        String name = metadata.path("name").asText();
        switch (kind) {
            case ROLE, CLUSTER_ROLE -> {
                Role role = new Role(namespace, name, rules(object.path("rules")));
                if (!role.equals(roles.get(uid))) {
                    remove(uid);
                    if (hasRoom(uid, role.bytes())) {
                        roles.put(uid, role);
                    }
                }
            }
            case ROLE_BINDING, CLUSTER_ROLE_BINDING -> {
                RoleBinding binding = binding(object, namespace, name);
                if (!binding.equals(bindings.get(uid))) {
                    remove(uid);
                    if (hasRoom(uid, binding.bytes())) {
                        bindings.put(uid, binding);
                    }
                }
            }
            case SERVICE_ACCOUNT -> {
                JsonNode automount = object.path("automountServiceAccountToken");
                boolean refused = automount.isBoolean() && !automount.booleanValue();
                String account = namespace + "/" + name;
                if (refused != account.equals(withoutToken.get(uid))) {
                    remove(uid);
                    if (refused && hasRoom(uid, account.length())) {
                        withoutToken.put(uid, account);
                    }
                }
            }
        }
    }

    private boolean hasRoom(String uid, long more) {
        table = Optional.empty();
        if (bytes + more > mostBytes) {
            leftOut.add(uid);
            return false;
        }
        bytes += more;
        return true;
    }

    /** An object no longer exists. */
    public synchronized void remove(String uid) {
        Optional<Long> freed = Optional.ofNullable(roles.remove(uid))
                .map(Role::bytes)
                .or(() -> Optional.ofNullable(bindings.remove(uid)).map(RoleBinding::bytes))
                .or(() -> Optional.ofNullable(withoutToken.remove(uid)).map(account -> (long) account.length()));
        boolean wasLeftOut = leftOut.remove(uid);
        bytes -= freed.orElse(0L);
        if (freed.isPresent() || wasLeftOut) {
            table = Optional.empty();
        }
    }

    private static List<AccessRule> rules(JsonNode list) {
        List<AccessRule> rules = new ArrayList<>(list.size());
        for (JsonNode rule : list) {
            // Without resources it is about addresses such as /healthz.
            if (!rule.path("resources").isEmpty()) {
                rules.add(new AccessRule(
                        texts(rule.path("verbs")),
                        texts(rule.path("apiGroups")),
                        texts(rule.path("resources")),
                        texts(rule.path("resourceNames"))));
            }
        }
        return rules;
    }

    /** Roles repeat the same few words, which share their text. */
    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>(list.size());
        list.forEach(text -> texts.add(text.asText().intern()));
        return texts;
    }

    private static RoleBinding binding(JsonNode object, String namespace, String name) {
        List<String> subjects = new ArrayList<>();
        for (JsonNode subject : object.path("subjects")) {
            String subjectName = subject.path("name").asText();
            switch (subject.path("kind").asText()) {
                case "ServiceAccount" -> {
                    String own = subject.path("namespace").asText();
                    subjects.add(RoleBinding.user(RoleBinding.userName(own.isEmpty() ? namespace : own, subjectName)));
                }
                case "Group" -> subjects.add(RoleBinding.group(subjectName));
                default -> subjects.add(RoleBinding.user(subjectName));
            }
        }
        JsonNode role = object.path("roleRef");
        return new RoleBinding(
                namespace,
                name,
                role.path("kind").asText().equals("ClusterRole"),
                role.path("name").asText(),
                subjects);
    }
}
