package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.Finding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceAccountTokenTest {
    private static final String MOUNT =
            "volumeMounts:[{name:'VOLUME',mountPath:'/var/run/secrets/kubernetes.io/serviceaccount',readOnly:true}]";
    private static final String PROJECTED =
            "projected:{sources:[{serviceAccountToken:{path:'token'}},{configMap:{name:'kube-root-ca.crt'}}]}";

    private static Trial trial(String spec) {
        return Trial.of(new ServiceAccountToken(), spec);
    }

    /** A pod as it reaches webhooks: with the token mounted. */
    private static Trial admitted(String more, String volume, String source) {
        return trial("{" + more + "containers:[{name:'app'," + MOUNT.replace("VOLUME", volume) + "}],volumes:[{name:'"
                + volume + "'," + source + "}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "serviceAccountName:'',",
                "serviceAccountName:'default',",
                "serviceAccount:'default',",
                "serviceAccountName:'default',serviceAccount:'app',",
                "automountServiceAccountToken:null,"
            })
    void fillsAutomountFalseWhereNothingAskedForAToken(String spec) {
        Trial trial = trial("{" + spec + "containers:[{name:'app'}]}");

        Finding finding = trial.finding();
        assertThat(finding.value()).isEqualTo("token");
        assertThat(finding.unset()).isTrue();
        assertThat(finding.place().pointer()).isEqualTo("/spec/automountServiceAccountToken");
        assertThat(trial.hardened().spec().get("automountServiceAccountToken")).isEqualTo(Trial.json("false"));
        assertThat(trial.hardened().findings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "automountServiceAccountToken:true,",
                "automountServiceAccountToken:false,",
                "serviceAccountName:'app',",
                "serviceAccount:'app',",
                "serviceAccountName:'app',serviceAccount:'default',",
            })
    void acceptsAnExplicitChoice(String spec) {
        assertThat(trial("{" + spec + "containers:[{name:'app'}]}").findings()).isEmpty();
        assertThat(admitted(spec, "kube-api-access-x7k2p", PROJECTED).findings())
                .isEmpty();
    }

    @Test
    void findsTheTokenThatTheApiServerHasMountedAsExplicit() {
        Trial trial = admitted("serviceAccountName:'default',", "kube-api-access-x7k2p", PROJECTED);

        Finding finding = trial.finding();
        assertThat(finding.value()).isEqualTo("token");
        assertThat(finding.unset()).isFalse();
        assertThat(finding.place().pointer()).isEqualTo("/spec/volumes/0");
        assertThat(finding.message())
                .isEqualTo("pod must not mount the API token that nothing asked for"
                        + " (volume \"kube-api-access-x7k2p\")");
        assertThat(finding.remedy().text())
                .startsWith("set spec.automountServiceAccountToken to false in the pod's template");
        assertThat(trial.harden().edits()).isEmpty();
    }

    @Test
    void findsTheTokenOfOlderClusters() {
        assertThat(admitted("", "default-token-x7k2p", "secret:{secretName:'default-token-x7k2p'}")
                        .places())
                .containsExactly("/spec/volumes/0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"initContainers", "ephemeralContainers"})
    void findsTheTokenInWhateverContainerItIsMounted(String list) {
        assertThat(trial("{containers:[{name:'app'}]," + list + ":[{name:'x',"
                                + MOUNT.replace("VOLUME", "kube-api-access-x")
                                + "}],volumes:[{name:'data',emptyDir:{}},"
                                + "{name:'kube-api-access-x'," + PROJECTED + "}]}")
                        .places())
                .containsExactly("/spec/volumes/1");
    }

    @Test
    void acceptsATokenThatThePodProjectsItself() {
        assertThat(admitted("automountServiceAccountToken:false,", "api", PROJECTED)
                        .findings())
                .isEmpty();
        assertThat(admitted("", "api", PROJECTED).places())
                .as("the API server would have mounted none; the field is merely unset")
                .containsExactly("/spec/automountServiceAccountToken");
    }

    @Test
    void looksAtTheVolumeAndNotOnlyAtItsName() {
        assertThat(admitted("", "kube-api-access-x", "emptyDir:{}").finding().unset())
                .isTrue();
        assertThat(admitted("", "kube-api-access-x", "projected:{sources:[{configMap:{name:'x'}}]}")
                        .finding()
                        .unset())
                .isTrue();
    }

    @Test
    void leavesPodsWhoseOwnFieldsCannotBeSet() {
        assertThat(trial("{containers:[{name:'app'}],ephemeralContainers:[{name:'debug'}]}")
                        .reasonLeft(false))
                .startsWith("only a pod that is being created");
    }

    @Test
    void fillsWindowsPodsToo() {
        assertThat(trial("{os:{name:'windows'},containers:[{name:'app'}]}")
                        .hardened()
                        .findings())
                .isEmpty();
    }

    @Test
    void namesTheMissingField() {
        Finding finding = trial("{containers:[{name:'app'}]}").finding();

        assertThat(finding.message())
                .isEqualTo("pod must set automountServiceAccountToken, or a serviceAccountName of its own");
        assertThat(finding.remedy().text())
                .isEqualTo("set spec.automountServiceAccountToken to false,"
                        + " or to true where the pod calls the Kubernetes API");
    }
}
