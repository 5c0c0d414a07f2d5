package dev.bulkhead.engine.export.falco;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Exemption.Owner;
import dev.bulkhead.engine.policy.LabelSelector;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Policy.NamespaceLabels;
import dev.bulkhead.engine.policy.Policy.PolicySettings;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule is loaded as Falco loads it, and some are evaluated on events such as Falco sees. */
class FalcoExportTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final ClusterCapabilities CLUSTER = ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR);
    private static final String ROOT = "Bulkhead root process in container admitted as non-root";
    private static final String WRITE = "Bulkhead write below read-only root file system";
    private static final String RUN = "Bulkhead program run from changed root file system";
    private static final String SOCKET = "Bulkhead container connects to runtime socket";
    private static final String CAPABILITY = "Bulkhead container process with dropped capability";

    private static FalcoRules export(PolicySet policies) {
        return FalcoExport.of(policies, CLUSTER, NOW, Set.of("kube-system"), Optional.empty());
    }

    private static FalcoFile load(PolicySet policies) {
        return FalcoFile.load(export(policies).document());
    }

    private static FalcoFile leastPrivilege(Exemption... exemptions) {
        return load(PolicySet.of(Profile.LEAST_PRIVILEGE).with(List.of(exemptions)));
    }

    private static Exemption exemption(String rule, String... values) {
        return new Exemption(
                "web",
                "a reason",
                "an owner",
                NOW.plusSeconds(60),
                new Exemption.Match(Set.of("shop"), Set.of(new Owner("Deployment", "web")), Set.of("app")),
                Map.of(rule, Set.of(values)));
    }

    /** An event in the container {@code app} of a pod of Deployment {@code web}, with these fields besides. */
    private static Map<String, String> event(String... fields) {
        Map<String, String> event = new HashMap<>(Map.of(
                "container.id", "0123456789ab",
                "container.name", "app",
                "container.privileged", "false",
                "k8s.ns.name", "shop",
                "k8s.pod.name", "web-7d4b9c6f5-x2x9p",
                "k8s.pod.sandbox_id", "ba9876543210",
                "proc.pid", "4711",
                "proc.vpid", "1",
                "proc.name", "web"));
        for (int i = 0; i < fields.length; i += 2) {
            event.put(fields[i], fields[i + 1]);
        }
        return event;
    }

    private static Map<String, String> root(String... fields) {
        Map<String, String> event = event("evt.type", "execve", "user.uid", "0");
        for (int i = 0; i < fields.length; i += 2) {
            event.put(fields[i], fields[i + 1]);
        }
        return event;
    }

    private static boolean fires(FalcoFile file, String rule, Map<String, String> event) {
        return file.condition(rule).test(event);
    }

    @ParameterizedTest
    @ValueSource(strings = {"baseline", "restricted", "restricted@v1.19", "least-privilege", "sandboxed"})
    void everyProfileLoads(String profile) {
        assertThat(load(PolicySet.of(Profile.parse(profile).orElseThrow())).rules())
                .isNotEmpty();
    }

    @Test
    void reportsRootInContainersOfPods() {
        FalcoFile file = leastPrivilege();

        assertThat(fires(file, ROOT, root())).isTrue();
        assertThat(fires(file, ROOT, root("user.uid", "1000"))).isFalse();
        assertThat(fires(file, ROOT, root("container.id", "host"))).isFalse();
        assertThat(fires(file, ROOT, root("k8s.ns.name", "kube-system"))).isFalse();
    }

    @Test
    void ignoresPauseContainersAndRuntimesThatEnterOne() {
        FalcoFile file = leastPrivilege();

        assertThat(fires(file, ROOT, root("container.id", "ba9876543210"))).isFalse();
        assertThat(fires(file, ROOT, root("proc.name", "runc", "proc.vpid", "4711")))
                .isFalse();
    }

    @Test
    void ignoresContainersOfWhichNothingIsKnownYet() {
        Map<String, String> event = root();
        event.remove("k8s.ns.name");

        assertThat(fires(leastPrivilege(), ROOT, event)).isFalse();
    }

    @Test
    void reportsWritesToTheContainersOwnLayerOnly() {
        FalcoFile file = leastPrivilege();
        String[] write = {"evt.type", "openat", "evt.is_open_write", "true", "fd.num", "3", "fd.name", "/usr/bin/x"};

        Map<String, String> upper = event(write);
        upper.put("fd.is_upper_layer", "true");
        assertThat(fires(file, WRITE, upper)).isTrue();
        upper.put("proc.name", "runc:[2:INIT]");
        assertThat(fires(file, WRITE, upper))
                .as("mount points are made before the start")
                .isFalse();
        Map<String, String> volume = event(write);
        volume.put("fd.is_upper_layer", "false");
        assertThat(fires(file, WRITE, volume)).isFalse();
        Map<String, String> created = event("evt.type", "creat", "fd.num", "3", "fd.is_upper_layer", "true");
        assertThat(fires(file, WRITE, created)).isTrue();
        assertThat(fires(file, RUN, event("evt.type", "execve", "proc.is_exe_upper_layer", "true")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/var/run/docker.sock",
                "/host/run/containerd/containerd.sock",
                "/run/containerd/s/5f2b",
                "/var/lib/kubelet/pod-resources/kubelet.sock"
            })
    void reportsConnectionsToControlSockets(String path) {
        Map<String, String> connect =
                event("evt.type", "connect", "evt.rawres", "0", "fd.type", "unix", "fd.name", "ffff8a->ffff8b " + path);

        assertThat(fires(leastPrivilege(), SOCKET, connect)).isTrue();
        connect.put("fd.name", "ffff8a->ffff8b /tmp/mysql.sock");
        assertThat(fires(leastPrivilege(), SOCKET, connect)).isFalse();
    }

    @Test
    void reportsCapabilitiesBeyondThoseAdmitted() {
        FalcoFile restricted = leastPrivilege();
        FalcoFile baseline = load(PolicySet.of(Profile.BASELINE));
        Map<String, String> none = event("evt.type", "execve", "thread.cap_effective", "");
        Map<String, String> low = event("evt.type", "execve", "thread.cap_effective", "CAP_NET_BIND_SERVICE");
        Map<String, String> standard = event("evt.type", "execve", "thread.cap_effective", "CAP_CHOWN CAP_NET_RAW");
        Map<String, String> admin = event("evt.type", "execve", "thread.cap_effective", "CAP_CHOWN CAP_SYS_ADMIN");

        assertThat(List.of(none, low, standard, admin))
                .extracting(event -> fires(restricted, CAPABILITY, event))
                .containsExactly(false, false, true, true);
        assertThat(List.of(none, low, standard, admin))
                .extracting(event -> fires(baseline, CAPABILITY, event))
                .containsExactly(false, false, false, true);
    }

    @Test
    void exemptionsCountForTheirPodsAndContainersAlone() {
        FalcoFile file = leastPrivilege(exemption("runAsNonRoot", "false"));

        assertThat(fires(file, ROOT, root())).isFalse();
        assertThat(fires(file, ROOT, root("k8s.pod.name", "web-admin-x2x9p"))).isTrue();
        assertThat(fires(file, ROOT, root("k8s.pod.name", "web-0"))).isTrue();
        assertThat(fires(file, ROOT, root("container.name", "sidecar"))).isTrue();
        assertThat(fires(file, ROOT, root("k8s.ns.name", "other"))).isTrue();
        assertThat(file.rule(ROOT).get("desc").asText()).endsWith("Exceptions: web until 2026-11-24T12:01:00Z.");
        assertThat(file.rule(WRITE).has("exceptions")).isFalse();
    }

    @Test
    void exemptionsCountForTheirCapabilitiesAlone() {
        FalcoFile file = leastPrivilege(exemption("capabilities_restricted", "SYS_PTRACE"));

        assertThat(fires(file, CAPABILITY, event("evt.type", "execve", "thread.cap_effective", "CAP_SYS_PTRACE")))
                .isFalse();
        assertThat(fires(
                        file,
                        CAPABILITY,
                        event("evt.type", "execve", "thread.cap_effective", "CAP_NET_BIND_SERVICE CAP_SYS_PTRACE")))
                .isFalse();
        assertThat(fires(
                        file,
                        CAPABILITY,
                        event("evt.type", "execve", "thread.cap_effective", "CAP_SYS_PTRACE CAP_SYS_ADMIN")))
                .isTrue();
    }

    @Test
    void exemptionsCountForTheirSocketsAlone() {
        FalcoFile file = leastPrivilege(exemption("runtimeSocket", "/var/run/docker.sock"));
        Map<String, String> connect = event(
                "evt.type", "connect", "evt.rawres", "0", "fd.type", "unix", "fd.name", "a->b /var/run/docker.sock");

        assertThat(fires(file, SOCKET, connect)).isFalse();
        connect.put("fd.name", "a->b /run/containerd/containerd.sock");
        assertThat(fires(file, SOCKET, connect)).isTrue();
    }

    @Test
    void aPolicyThatSelectsNamespacesByLabelsNeedsTheNamespaces() {
        LabelSelector payments = new LabelSelector(Map.of("team", "payments"), List.of());
        Policy policy = new Policy(
                "payments",
                new Policy.Match(payments, LabelSelector.EVERYTHING, Set.of()),
                Profile.RESTRICTED,
                Mode.ENFORCE,
                NamespaceLabels.TIGHTEN,
                Map.of(),
                PolicySettings.NONE);
        PolicySet policies =
                new PolicySet(List.of(policy), Optional.of(Policy.builtIn(Profile.LEAST_PRIVILEGE)), List.of());
        FalcoRules without = export(policies);

        assertThat(without.rules()).isEmpty();
        assertThat(without.limits())
                .anyMatch(limit -> limit.startsWith("policy payments is not watched"))
                .anyMatch(limit -> limit.startsWith("the built-in policy is not watched"));

        List<Namespace> namespaces =
                List.of(new Namespace("billing", Map.of("team", "payments")), Namespace.named("shop"));
        FalcoFile with = FalcoFile.load(FalcoExport.of(policies, CLUSTER, NOW, Set.of(), Optional.of(namespaces))
                .document());
        assertThat(fires(with, ROOT, root("k8s.ns.name", "billing"))).isTrue();
        assertThat(fires(with, ROOT, root("k8s.ns.name", "shop"))).isTrue();
        assertThat(fires(with, ROOT, root("k8s.ns.name", "new"))).isFalse();
        Map<String, String> write =
                event("evt.type", "open", "evt.is_open_write", "true", "fd.num", "3", "fd.is_upper_layer", "true");
        assertThat(fires(with, WRITE, write)).isTrue();
        write.put("k8s.ns.name", "billing");
        assertThat(fires(with, WRITE, write))
                .as("restricted says nothing of it")
                .isFalse();
    }

    @Test
    void nothingIsWatchedThatIsOnlyWarnedOf() {
        FalcoRules rules = export(new PolicySet(List.of(Policy.builtIn(Profile.RESTRICTED, Mode.WARN)), List.of()));

        assertThat(rules.rules()).isEmpty();
        assertThat(rules.limits()).anyMatch(limit -> limit.endsWith("it is in mode warn and denies nothing"));
        assertThat(FalcoFile.load(rules.document()).rules()).isEmpty();
    }

    @Property(tries = 300)
    void everyExemptionInForceHasOneExceptionInEachRuleThatItExcuses(@ForAll("exemptions") List<Exemption> exemptions) {
        FalcoRules rules = export(PolicySet.of(Profile.LEAST_PRIVILEGE).with(exemptions));
        FalcoFile file = FalcoFile.load(rules.document());

        Map<String, String> ruleOf = Map.of(
                "runAsNonRoot", ROOT,
                "readOnlyRootFilesystem", WRITE,
                "runtimeSocket", SOCKET,
                "capabilities_restricted", CAPABILITY);
        ruleOf.forEach((id, name) -> {
            List<String> expected = exemptions.stream()
                    .filter(exemption -> NOW.isBefore(exemption.expires()))
                    .filter(exemption -> exemption.allow().containsKey(id))
                    .map(Exemption::name)
                    .sorted()
                    .toList();
            List<String> actual = new ArrayList<>();
            for (JsonNode exception : file.rule(name).path("exceptions")) {
                actual.add(exception.get("name").asText());
                assertThat(exception.get("fields").get(0).asText()).isEqualTo("k8s.ns.name");
                assertThat(exception.get("values")).hasSize(1);
            }
            assertThat(actual).as(name).isEqualTo(expected);
        });
        exemptions.stream()
                .filter(exemption ->
                        NOW.isBefore(exemption.expires()) && exemption.allow().containsKey("hostPorts"))
                .forEach(exemption -> assertThat(rules.limits())
                        .anyMatch(limit -> limit.startsWith("exemption " + exemption.name() + " has no exception")));
    }

    @Provide
    Arbitrary<List<Exemption>> exemptions() {
        Arbitrary<Map<String, Set<String>>> allow = Arbitraries.of(
                Map.of("runAsNonRoot", Set.of("false")),
                Map.of("readOnlyRootFilesystem", Set.of("*")),
                Map.of("runtimeSocket", Set.of("/run/containerd"), "runAsNonRoot", Set.of("*")),
                Map.of("capabilities_restricted", Set.of("NET_ADMIN", "SYS_TIME")),
                Map.of("capabilities_restricted", Set.of("default")),
                Map.of("hostPorts", Set.of("80")));
        Arbitrary<Owner> owners = Combinators.combine(
                        Arbitraries.of("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod", "Rollout"),
                        Arbitraries.of("web", "web.v2", "a-name-that-is-longer-than-kubernetes-keeps-of-it-in-pods"))
                .as(Owner::new);
        Arbitrary<Exemption.Match> matches = Combinators.combine(
                        Arbitraries.of("shop", "ci", "team-a").set().ofMinSize(1),
                        owners.set().ofMaxSize(3),
                        Arbitraries.of("app", "init-1").set())
                .as(Exemption.Match::new);
        Arbitrary<Instant> expiry =
                Arbitraries.of(NOW.minusSeconds(1), NOW, NOW.plusSeconds(1), NOW.plusSeconds(86400));
        return Combinators.combine(expiry, matches, allow)
                .as((expires, match, values) -> new Exemption("", "a reason", "an owner", expires, match, values))
                .list()
                .ofMaxSize(5)
                .map(FalcoExportTest::named);
    }

    private static List<Exemption> named(List<Exemption> exemptions) {
        List<Exemption> named = new ArrayList<>();
        for (Exemption exemption : exemptions) {
            named.add(new Exemption(
                    "e" + named.size(),
                    exemption.reason(),
                    exemption.owner(),
                    exemption.expires(),
                    exemption.match(),
                    exemption.allow()));
        }
        return named;
    }
}
