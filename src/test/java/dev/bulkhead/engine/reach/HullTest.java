package dev.bulkhead.engine.reach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.reach.Hull.LayerState;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Layer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which layers hold, and which have to. */
class HullTest {
    private static final String HARD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, namespace: shop}
            spec:
              hostUsers: false
              runtimeClassName: gvisor
              automountServiceAccountToken: false
              securityContext:
                runAsNonRoot: true
                runAsUser: 1000
                runAsGroup: 1000
                seccompProfile: {type: RuntimeDefault}
              containers:
              - name: a
                image: a
                securityContext:
                  allowPrivilegeEscalation: false
                  readOnlyRootFilesystem: true
                  capabilities: {drop: [ALL]}
            """;

    private static final String PLAIN = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, namespace: shop}
            spec: {hostPID: true, containers: [{name: a, image: a}]}
            """;

    private static Hull hull(String pod, Profile profile) {
        return Exposures.of(Yaml.tree(pod), PolicySet.of(profile), ClusterCapabilities.NEWEST_MINOR)
                .hull();
    }

    private static List<Layer> open(Hull hull) {
        return hull.layers().stream()
                .filter(state -> !state.holds())
                .map(LayerState::layer)
                .toList();
    }

    @Test
    void hardPodHoldsEveryLayer() {
        Hull hull = hull(HARD, Profile.SANDBOXED);

        assertThat(open(hull)).isEmpty();
        assertThat(hull.holding()).isEqualTo(8);
        assertThat(hull.holdsAllDemanded()).isTrue();
        assertThat(hull.layers()).extracting(LayerState::layer).containsExactly(Layer.values());
    }

    @Test
    void layersSayWhichRulesOpenThem() {
        Hull hull = hull(PLAIN, Profile.LEAST_PRIVILEGE);

        assertThat(open(hull))
                .containsExactly(
                        Layer.IDENTITY,
                        Layer.CAPABILITIES,
                        Layer.CONFINEMENT,
                        Layer.FILESYSTEM,
                        Layer.HOST,
                        Layer.DAEMON,
                        Layer.SANDBOX);
        assertThat(hull.of(Layer.HOST).open()).containsExactly("hostNamespaces");
        assertThat(hull.of(Layer.DAEMON).open()).containsExactly("userNamespace");
        assertThat(hull.of(Layer.SANDBOX).open()).containsExactly("sandboxRuntime");
    }

    @Test
    void onlyWhatPoliciesDemandIsMissing() {
        Hull hull = hull(PLAIN, Profile.BASELINE);

        assertThat(hull.of(Layer.HOST).missing()).containsExactly("hostNamespaces");
        assertThat(hull.of(Layer.IDENTITY).missing()).isEmpty();
        assertThat(hull.of(Layer.IDENTITY).holds()).isFalse();
        assertThat(hull.of(Layer.SANDBOX).demanded()).isFalse();
        assertThat(hull.holdsAllDemanded()).isFalse();

        assertThat(hull(PLAIN, Profile.PRIVILEGED).holdsAllDemanded()).isTrue();
    }

    @Test
    void policyInAuditModeDemandsTheSame() {
        PolicySet audit =
                new PolicySet(List.of(), Optional.of(Policy.builtIn(Profile.LEAST_PRIVILEGE, Mode.AUDIT)), List.of());

        Hull audited = Exposures.of(Yaml.tree(PLAIN), audit, ClusterCapabilities.NEWEST_MINOR)
                .hull();

        assertThat(audited).isEqualTo(hull(PLAIN, Profile.LEAST_PRIVILEGE));
        assertThat(audited.holdsAllDemanded()).isFalse();
    }

    /** The rule demands it only where the cluster can; the layer is missing all the same. */
    @Test
    void oldClusterHasNoUserNamespaces() {
        Hull hull = Exposures.of(Yaml.tree(HARD), PolicySet.of(Profile.LEAST_PRIVILEGE), 30)
                .hull();

        assertThat(hull.of(Layer.DAEMON).holds()).isFalse();
    }
}
