package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountPropagationTest {
    private final MountPropagation rule = new MountPropagation();

    private static HostPods withPropagation(String list, String value) {
        HostPods pods = new HostPods();
        pods.volume("data").putObject("emptyDir");
        pods.mount(list, 0, "data").put("mountPropagation", value);
        return pods;
    }

    @Test
    void findsBothDirectionsOnEveryVolumeInEveryKindOfContainer() {
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            for (String value : List.of("Bidirectional", "HostToContainer")) {
                Finding finding =
                        HostPods.onlyFinding(rule, withPropagation(list, value).pod());

                assertThat(finding.value()).isEqualTo(value);
                assertThat(finding.place().pointer()).isEqualTo("/spec/" + list + "/0/volumeMounts/0/mountPropagation");
            }
        }
    }

    @Test
    void admitsNone() {
        assertThat(HostPods.findings(rule, withPropagation("containers", "None").pod()))
                .isEmpty();
        assertThat(HostPods.findings(rule, withPropagation("containers", "").pod()))
                .isEmpty();
        assertThat(HostPods.findings(rule, HostPods.mounted("/srv/data"))).isEmpty();
    }

    @Test
    void findsWhatItDoesNotKnow() {
        Finding finding = HostPods.onlyFinding(
                rule, withPropagation("containers", "bidirectional").pod());

        assertThat(rule.leastPrivilege().forValue(finding.value())).isEqualTo(Action.DENY);
    }

    @Test
    void saysWhichMountAndWhatToDo() {
        Finding finding = HostPods.onlyFinding(
                rule, withPropagation("containers", "Bidirectional").pod());

        assertThat(finding.message())
                .isEqualTo("container \"web\" must not set volumeMounts mountPropagation=Bidirectional"
                        + " (volume \"data\" at /mnt)");
        assertThat(finding.remedy().text()).isEqualTo("remove mountPropagation, or set it to None");
    }

    @Test
    void describesAllContainersTogether() {
        HostPods pods = withPropagation("containers", "HostToContainer");
        pods.mount("initContainers", 0, "data").put("mountPropagation", "Bidirectional");

        assertThat(rule.describe(HostPods.findings(rule, pods.pod())).sentence())
                .isEqualTo("mount propagation (containers \"initContainers0\", \"web\" must not set volumeMounts"
                        + " mountPropagation=Bidirectional, HostToContainer)");
    }

    @Test
    void deniesOneDirectionAndWarnsOfTheOtherExceptInSandboxes() {
        assertThat(rule.leastPrivilege().forValue("Bidirectional")).isEqualTo(Action.DENY);
        assertThat(rule.leastPrivilege().forValue("HostToContainer")).isEqualTo(Action.WARN);
        assertThat(rule.sandboxed().forValue("Bidirectional")).isEqualTo(Action.DENY);
        assertThat(rule.sandboxed().forValue("HostToContainer")).isEqualTo(Action.DENY);
    }
}
