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
import org.jboss.logging.Logger;

/**
 * The roles and bindings that exist, reduced, in any order of arrival. Thread-safe. Each namespace has a share of the memory;
 * where what it has does not fit, nothing is known of the rights of its accounts, since what is left out may be what matters.
 * If what belongs to no namespace does not fit, nothing is known of anybody's rights. Either is logged once.
 */
public final class AccessInventory {
    /** Of what is kept in the console; a cluster with 1,000 roles of ten rules each has some 6 MiB. */
    static final long MOST_BYTES = 32L << 20;

    private static final Logger LOG = Logger.getLogger(AccessInventory.class);

    private final long mostBytes;
    private final Map<String, Role> roles = new HashMap<>();
    private final Map<String, RoleBinding> bindings = new HashMap<>();
    private final Map<String, String> withoutToken = new HashMap<>();
    private final Map<String, String> leftOut = new HashMap<>();
    private final Map<String, Long> bytesOf = new HashMap<>();
    private final Set<String> logged = new HashSet<>();
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

    /** What is known now, the same object as long as nothing changes; empty if not all that is of no namespace fits into memory. */
    public synchronized Optional<AccessTable> table() {
        if (leftOut.containsValue("")) {
            return Optional.empty();
        }
        if (table.isEmpty()) {
            table = Optional.of(new AccessTable(
                    List.copyOf(roles.values()),
                    List.copyOf(bindings.values()),
                    List.copyOf(withoutToken.values()),
                    leftOut.values()));
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
                    if (hasRoom(uid, namespace, role.bytes())) {
                        roles.put(uid, role);
                    }
                }
            }
            case ROLE_BINDING, CLUSTER_ROLE_BINDING -> {
                RoleBinding binding = binding(object, namespace, name);
                if (!binding.equals(bindings.get(uid))) {
                    remove(uid);
                    if (hasRoom(uid, namespace, binding.bytes())) {
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
                    if (refused && hasRoom(uid, namespace, account.length())) {
                        withoutToken.put(uid, account);
                    }
                }
            }
        }
    }

    /** The last quarter of the memory is for what is of no namespace. */
    private boolean hasRoom(String uid, String namespace, long more) {
        table = Optional.empty();
        long own = bytesOf.getOrDefault(namespace, 0L) + more;
        boolean room = namespace.isEmpty()
                ? bytes + more <= mostBytes
                : own <= mostBytes / 8 && bytes + more <= mostBytes - mostBytes / 4;
        if (!room) {
            leftOut.put(uid, namespace);
            report(namespace);
            return false;
        }
        bytes += more;
        bytesOf.put(namespace, own);
        return true;
    }

    private void report(String namespace) {
        if (!logged.add(namespace)) {
            return;
        }
        if (namespace.isEmpty()) {
            LOG.warn(
                    "the cluster roles and their bindings do not fit into memory, so that no account's rights are known");
        } else {
            LOG.warnf(
                    "the roles and bindings of namespace %s do not fit into memory, so that the rights of its service"
                            + " accounts are not known",
                    namespace);
        }
    }

    /** An object no longer exists. */
    public synchronized void remove(String uid) {
        Optional.ofNullable(roles.remove(uid)).ifPresent(role -> free(role.namespace(), role.bytes()));
        Optional.ofNullable(bindings.remove(uid)).ifPresent(binding -> free(binding.namespace(), binding.bytes()));
        Optional.ofNullable(withoutToken.remove(uid))
                .ifPresent(account -> free(account.substring(0, account.indexOf('/')), account.length()));
        if (leftOut.remove(uid) != null) {
            table = Optional.empty();
        }
    }

    private void free(String namespace, long less) {
        table = Optional.empty();
        bytes -= less;
        bytesOf.computeIfPresent(namespace, (same, own) -> own > less ? Long.valueOf(own - less) : null);
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
