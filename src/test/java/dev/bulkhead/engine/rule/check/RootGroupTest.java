package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import org.junit.jupiter.api.Test;

class RootGroupTest {
    private static Trial trial(String spec) {
        return Trial.of(new RootGroup(), spec);
    }

    @Test
    void findsRootGroupInEveryFieldThatNamesGroups() {
        Trial trial = trial("{securityContext:{runAsGroup:0,fsGroup:0,supplementalGroups:[1000,0,0]},"
                + "containers:[{name:'app',securityContext:{runAsGroup:0}}]}");

        assertThat(trial.places())
                .containsExactly(
                        "/spec/securityContext/runAsGroup",
                        "/spec/securityContext/fsGroup",
                        "/spec/securityContext/supplementalGroups/1",
                        "/spec/securityContext/supplementalGroups/2",
                        "/spec/containers/0/securityContext/runAsGroup");
        assertThat(trial.findings()).allSatisfy(finding -> {
            assertThat(finding.value()).isEqualTo("0");
            assertThat(finding.unset()).isFalse();
        });
    }

    @Test
    void findsRootGroupInContainersOfEveryKind() {
        Trial trial = trial("{initContainers:[{name:'i',securityContext:{runAsGroup:0}},"
                + "{name:'s',restartPolicy:'Always',securityContext:{runAsGroup:0}}],"
                + "containers:[{name:'c',securityContext:{runAsGroup:0}}],"
                + "ephemeralContainers:[{name:'e',securityContext:{runAsGroup:0}}]}");

        assertThat(trial.findings())
                .extracting(
                        finding -> finding.subject().asContainer().orElseThrow().name())
                .containsExactly("i", "s", "c", "e");
    }

    @Test
    void findsRootGroupOfThePodThoughContainersSetAnother() {
        assertThat(trial("{securityContext:{runAsGroup:0},containers:[{name:'app',securityContext:{runAsGroup:1}}]}")
                        .places())
                .containsExactly("/spec/securityContext/runAsGroup");
    }

    @Test
    void acceptsOtherGroupsAndNone() {
        assertThat(trial("{securityContext:{runAsGroup:1,fsGroup:2000,supplementalGroups:[10]},"
                                + "containers:[{name:'a',securityContext:{runAsGroup:1000}},{name:'b'},"
                                + "{name:'c',securityContext:{runAsGroup:null,runAsUser:0}}]}")
                        .findings())
                .isEmpty();
    }

    @Test
    void namesTheFieldAndTheFix() {
        Trial trial = trial("{securityContext:{fsGroup:0,supplementalGroups:[0]},"
                + "containers:[{name:'app',securityContext:{runAsGroup:0}}]}");

        assertThat(trial.rule().describe(trial.findings()).sentence())
                .isEqualTo("root group (pod and container \"app\" must not set securityContext.fsGroup=0,"
                        + " securityContext.supplementalGroups=0, securityContext.runAsGroup=0)");
        assertThat(trial.findings())
                .extracting(Finding::message)
                .containsExactly(
                        "pod must not set securityContext.fsGroup=0",
                        "pod must not set securityContext.supplementalGroups=0",
                        "container \"app\" must not set securityContext.runAsGroup=0");
        assertThat(trial.findings())
                .extracting(finding -> finding.remedy().text())
                .containsExactly(
                        "set securityContext.fsGroup to a group other than 0, or remove it",
                        "remove 0 from securityContext.supplementalGroups",
                        "set securityContext.runAsGroup to a group other than 0");
    }

    @Test
    void rejectsGroupsThatAreNoNumbers() {
        assertThatThrownBy(() ->
                        trial("{securityContext:{fsGroup:'0'},containers:[]}").findings())
                .isInstanceOf(MalformedWorkloadException.class)
                .hasMessageContaining("/spec/securityContext/fsGroup");
    }

    @Test
    void warnsByDefaultAndDeniesInSandboxes() {
        assertThat(new RootGroup().leastPrivilege().action()).isEqualTo(Action.WARN);
        assertThat(new RootGroup().sandboxed().action()).isEqualTo(Action.DENY);
        assertThat(new RootGroup().layer()).isEqualTo(Layer.IDENTITY);
    }
}
