package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.RuleSettings;
import org.junit.jupiter.api.Test;

class RunAsUserTest {
    private static final RuleSettings.User USER = new RuleSettings.User.Fixed(10_001);

    private static Turn pod(String spec) {
        return Turn.of("runAsUser", spec).withUser(USER);
    }

    @Test
    void fillsNothingWhereThePolicyNamesNoUser() {
        assertThat(Turn.of("runAsUser", "containers: [{name: a}]").additions()).isEmpty();
    }

    @Test
    void givesThePodTheUserWhereNobodyNamesOne() {
        assertThat(pod("initContainers: [{name: i}], containers: [{name: a}]").additions())
                .containsExactly("/spec/securityContext {\"runAsUser\":10001}");
    }

    @Test
    void containersThatNameAUserKeepIt() {
        assertThat(pod("containers: [{name: a, securityContext: {runAsUser: 7}}, {name: b}]")
                        .additions())
                .containsExactly("/spec/securityContext {\"runAsUser\":10001}");
        assertThat(pod("containers: [{name: a, securityContext: {runAsUser: 7}}]")
                        .additions())
                .isEmpty();
    }

    @Test
    void userOfThePodIsEverybodysUser() {
        assertThat(pod("securityContext: {runAsUser: 7}, containers: [{name: a}]")
                        .additions())
                .isEmpty();
    }

    @Test
    void rootStaysAsItIsAndIsDeniedForIt() {
        Turn turn = pod("containers: [{name: a, securityContext: {runAsUser: 0}}]");

        assertThat(turn.additions()).isEmpty();
        assertThat(turn.take().open()).isEmpty();
    }

    @Test
    void givesNoUserToContainersThatMayBeRoot() {
        assertThat(pod("containers: [{name: a}, {name: b}]")
                        .excusing("runAsNonRoot", "a")
                        .additions())
                .containsExactly("/spec/containers/1/securityContext {\"runAsUser\":10001}");
        assertThat(pod("containers: [{name: a, securityContext: {runAsUser: 0}}, {name: b}]")
                        .excusing("runAsUser", "a")
                        .additions())
                .containsExactly("/spec/securityContext {\"runAsUser\":10001}");
        assertThat(pod("containers: [{name: a}]").excusing("runAsNonRoot", "a").additions())
                .isEmpty();
    }

    @Test
    void windowsKnowsNoNumbers() {
        assertThat(pod("os: {name: windows}, containers: [{name: a}]").additions())
                .isEmpty();
    }

    @Test
    void touchesNothingOnAPodThatRuns() {
        assertThat(pod("containers: [{name: a}], ephemeralContainers: [{name: debug}]")
                        .addingEphemeralContainers()
                        .additions())
                .isEmpty();
    }

    @Test
    void userMayDependOnTheNamespace() {
        RuleSettings.User spread = new RuleSettings.User.PerNamespace(100_000, 199_999);
        Turn turn = Turn.of("runAsUser", "containers: [{name: a}]").withUser(spread);

        assertThat(turn.additions())
                .containsExactly("/spec/securityContext {\"runAsUser\":" + spread.in("driftwood") + "}");
        assertThat(turn.inNoNamespace().additions())
                .containsExactly("/spec/securityContext {\"runAsUser\":" + spread.in("default") + "}");
        assertThat(spread.in("driftwood")).isNotEqualTo(spread.in("default"));
    }

    @Test
    void largestUserThatTheApiServerTakesIsWrittenAsANumber() {
        Turn turn =
                Turn.of("runAsUser", "containers: [{name: a}]").withUser(new RuleSettings.User.Fixed(2_147_483_647));

        assertThat(turn.additions()).containsExactly("/spec/securityContext {\"runAsUser\":2147483647}");
    }
}
