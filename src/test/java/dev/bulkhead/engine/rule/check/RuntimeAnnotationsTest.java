package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuntimeAnnotationsTest {
    private static Trial annotated(String key) {
        return Trial.of(new RuntimeAnnotations(), "{containers:[{name:'app'}]}").annotated(key, "x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.katacontainers.config_path",
                "io.katacontainers.config.hypervisor.path",
                "io.katacontainers.config.hypervisor.default_memory_of_tomorrow",
                "io.katacontainers.config.runtime.disable_guest_seccomp",
                "dev.gvisor.flag.host-uds",
                "dev.gvisor.spec.mount.x.source",
                "io.kubernetes.cri-o.Devices",
                "io.kubernetes.cri-o.userns-mode",
                "devices.crio.io",
                "devices.crio.io/app",
                "unified-cgroup.crio.io.app",
                "seccomp-profile.kubernetes.cri-o.io/POD",
                "io.containers.trace-syscall",
                "run.oci.handler",
                "org.systemd.property.DevicePolicy",
                "devices.nri.io",
                "mounts.nri.io/container.app",
                "devices.noderesource.dev/pod",
                "ulimits.nri.containerd.io/container.app",
                "cdi.k8s.io/gpu"
            })
    void findsAnnotationsThatRuntimesObey(String key) {
        Finding finding = annotated(key).finding();

        assertThat(finding.value()).isEqualTo(key);
        assertThat(finding.subject()).isEqualTo(Subject.ofAnnotation(key));
        assertThat(finding.place().name()).isEqualTo(key);
        assertThat(finding.remedy().text()).contains(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.katacontainers.config.hypervisor.default_memory",
                "io.kubernetes.cri-o.umask",
                "umask.crio.io/app",
                "shm-size.crio.io",
                "required-plugins.noderesource.dev/pod",
                "balloon.balloons.resource-policy.nri.io/pod",
                "example.com/crio.io",
                "example.com/devices.nri.io",
                "notcrio.io/x",
                "dev.gvisorish.flag",
                "kubernetes.io/psp"
            })
    void ignoresHarmlessAnnotations(String key) {
        assertThat(annotated(key).findings()).isEmpty();
    }

    @Test
    void namesTheRuntime() {
        Rule rule = new RuntimeAnnotations();
        Trial trial = annotated("dev.gvisor.flag.network").annotated("io.kubernetes.cri-o.Devices", "/dev/kvm");

        assertThat(rule.describe(trial.findings()).sentence())
                .isEqualTo("runtime annotations (pod must not set annotations \"dev.gvisor.flag.network\","
                        + " \"io.kubernetes.cri-o.Devices\", by which gVisor, CRI-O may weaken its isolation or add"
                        + " devices)");
    }
}
