package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CapabilitiesRestrictedTest {
    private static Turn pod(String spec) {
        return Turn.of("capabilities_restricted", spec);
    }

    @Test
    void dropsAllInEveryContainer() {
        assertThat(pod("initContainers: [{name: i}], containers: [{name: a, securityContext: {capabilities: {}}}],"
                                + " ephemeralContainers: [{name: e, securityContext: {privileged: false}}]")
                        .additions())
                .containsExactly(
                        "/spec/containers/0/securityContext/capabilities/drop [\"ALL\"]",
                        "/spec/ephemeralContainers/0/securityContext/capabilities {\"drop\":[\"ALL\"]}",
                        "/spec/initContainers/0/securityContext {\"capabilities\":{\"drop\":[\"ALL\"]}}");
    }

    @Test
    void appendsToWhatIsDroppedAlready() {
        assertThat(pod("containers: [{name: a, securityContext: {capabilities: {drop: [NET_RAW, all]}}}]")
                        .additions())
                .containsExactly("/spec/containers/0/securityContext/capabilities/drop/- \"ALL\"");
    }

    @Test
    void leavesWhatIsAddedAlone() {
        Turn turn =
                pod("containers: [{name: a, securityContext: {capabilities: {add: [SYS_ADMIN, NET_BIND_SERVICE]}}}]");

        assertThat(turn.additions()).containsExactly("/spec/containers/0/securityContext/capabilities/drop [\"ALL\"]");
        assertThat(turn.take().open()).hasSize(1);
    }

    @Test
    void passesOverExcusedContainers() {
        assertThat(pod("containers: [{name: a}, {name: b}]")
                        .excusing("capabilities_restricted", "a")
                        .additions())
                .containsExactly("/spec/containers/1/securityContext {\"capabilities\":{\"drop\":[\"ALL\"]}}");
    }

    @Test
    void leavesWindowsPodsThatOldVersionsStillCheck() {
        Turn turn = pod("os: {name: windows}, containers: [{name: a}]").at(24);

        assertThat(turn.additions()).isEmpty();
        assertThat(turn.notHardenedReason()).containsOnlyKeys("a");
        assertThat(turn.notHardenedReason().get("a")).contains("Windows");
        assertThat(turn.at(25).take().open()).isEmpty();
    }

    @Test
    void dropsAllInContainersThatAreBeingAdded() {
        assertThat(pod("containers: [{name: a}], ephemeralContainers: [{name: debug}]")
                        .addingEphemeralContainers()
                        .additions())
                .containsExactly("/spec/ephemeralContainers/0/securityContext {\"capabilities\":{\"drop\":[\"ALL\"]}}");
    }

    @Test
    void saysThatAProgramWithAFileCapabilityWillNotStart() {
        assertThat(Turn.of("capabilities_restricted", "containers: [{name: dns, image: 'coredns/coredns:1.12'}]")
                        .notes())
                .containsExactly(
                        "container \"dns\" will not start: the program in its image carries the file capability"
                                + " NET_BIND_SERVICE; add it to securityContext.capabilities.add");
        assertThat(Turn.of(
                                "capabilities_restricted",
                                "containers: [{name: dns, image: 'coredns/coredns:1.12', securityContext:"
                                        + " {capabilities: {add: [NET_BIND_SERVICE]}}}]")
                        .notes())
                .isEmpty();
    }

    @Test
    void doubtsLowPortsOfTheNodeOnly() {
        String web =
                "containers: [{name: web, image: 'acme/web:1', ports: [{containerPort: 8080}, {containerPort: 80}]}]";

        assertThat(Turn.of("capabilities_restricted", "hostNetwork: true, " + web)
                        .notes())
                .containsExactly(
                        "container \"web\" may not be able to listen on port 80 of the node as a user other than"
                                + " root; use a port above 1023");
        assertThat(Turn.of("capabilities_restricted", web).notes()).isEmpty();
        assertThat(Turn.of("capabilities_restricted", "hostNetwork: true, containers: [{name: web, image: nginx}]")
                        .notes())
                .as("the image's port")
                .hasSize(1);
        assertThat(Turn.of(
                                "capabilities_restricted",
                                "hostNetwork: true, containers: [{name: web, image: nginx, ports: [{containerPort: 8080}]}]")
                        .notes())
                .isEmpty();
    }
}
