package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.PodSecurityLevel;
import dev.bulkhead.engine.rule.PodSecurityVersion;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.VersionedCheck;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleRegistryTest {
    private static final Comparator<String> BYTEWISE =
            Comparator.comparing((String text) -> text.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    @Test
    void podSecurityChecksAreThoseOfKubernetes() {
        assertThat(RuleRegistry.ALL.stream()
                        .filter(rule -> rule.level().isPresent())
                        .map(RuleRegistryTest::row))
                .containsExactly(
                        "baseline appArmorProfile 1.0",
                        "baseline capabilities_baseline 1.0",
                        "baseline hostNamespaces 1.0",
                        "baseline hostPathVolumes 1.0",
                        "baseline hostPorts 1.0",
                        "baseline hostProbesAndHostLifecycle 1.34",
                        "baseline privileged 1.0",
                        "baseline procMount 1.0 1.35",
                        "baseline seLinuxOptions 1.0 1.31",
                        "baseline seccompProfile_baseline 1.0 1.19",
                        "baseline sysctls 1.0 1.27 1.29 1.32 1.37",
                        "baseline windowsHostProcess 1.0",
                        "restricted allowPrivilegeEscalation 1.8 1.25",
                        "restricted capabilities_restricted 1.22->capabilities_baseline 1.25->capabilities_baseline",
                        "restricted procMount_restricted 1.35->procMount",
                        "restricted restrictedVolumes 1.0->hostPathVolumes",
                        "restricted runAsNonRoot 1.0 1.35",
                        "restricted runAsUser 1.23 1.35",
                        "restricted seccompProfile_restricted 1.19->seccompProfile_baseline 1.25->seccompProfile_baseline");
    }

    private static String row(Rule rule) {
        return rule.level().orElseThrow().name().toLowerCase(Locale.ROOT) + " " + rule.id() + " "
                + rule.revisions().stream()
                        .map(revision -> "1." + revision.since()
                                + revision.replaces().stream()
                                        .map(id -> "->" + id)
                                        .collect(Collectors.joining()))
                        .collect(Collectors.joining(" "));
    }

    @Test
    void baselineComesFirstThenRestrictedThenOurOwnEachSortedById() {
        List<Rule> sorted = RuleRegistry.ALL.stream()
                .sorted(Comparator.comparing((Rule rule) ->
                                rule.level().map(PodSecurityLevel::ordinal).orElse(PodSecurityLevel.values().length))
                        .thenComparing(Rule::id, BYTEWISE))
                .toList();

        assertThat(RuleRegistry.ALL).containsExactlyElementsOf(sorted);
    }

    @Test
    void idsAreUniqueAndFindTheirRule() {
        assertThat(RuleRegistry.ALL.stream().map(Rule::id)).doesNotHaveDuplicates();
        for (Rule rule : RuleRegistry.ALL) {
            assertThat(RuleRegistry.named(rule.id())).containsSame(rule);
        }
        assertThat(RuleRegistry.named("privileged ")).isEmpty();
    }

    @Test
    void revisionsAreStrictlyIncreasingAndNoNewerThanWhatWeKnow() {
        for (Rule rule : RuleRegistry.ALL) {
            List<Integer> since =
                    rule.revisions().stream().map(VersionedCheck::since).toList();
            assertThat(since).as(rule.id()).isNotEmpty().isSorted().doesNotHaveDuplicates();
            assertThat(since).as(rule.id()).allMatch(minor -> minor >= 0 && minor <= ClusterCapabilities.NEWEST_MINOR);
        }
    }

    @Test
    void onlyRestrictedChecksReplaceAndOnlyBaselineOnes() {
        for (Rule rule : RuleRegistry.ALL) {
            for (VersionedCheck revision : rule.revisions()) {
                for (String replaced : revision.replaces()) {
                    assertThat(rule.level()).as(rule.id()).contains(PodSecurityLevel.RESTRICTED);
                    assertThat(RuleRegistry.named(replaced).flatMap(Rule::level))
                            .as(replaced)
                            .contains(PodSecurityLevel.BASELINE);
                }
            }
        }
    }

    @Test
    void policyChangesAtTheseVersionsOnly() {
        assertThat(versions(PodSecurityLevel.BASELINE, PodSecurityLevel.RESTRICTED))
                .containsExactly(0, 8, 19, 22, 23, 25, 27, 29, 31, 32, 34, 35, 37);
        assertThat(versions(PodSecurityLevel.BASELINE)).containsExactly(0, 19, 27, 29, 31, 32, 34, 35, 37);
    }

    private static Set<Integer> versions(PodSecurityLevel... levels) {
        return RuleRegistry.ALL.stream()
                .filter(rule -> rule.level().filter(List.of(levels)::contains).isPresent())
                .flatMap(rule -> rule.revisions().stream())
                .map(VersionedCheck::since)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The restricted checks in force, and the baseline ones that they leave in force. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, restrictedVolumes runAsNonRoot, hostPathVolumes",
        "8, 0, allowPrivilegeEscalation restrictedVolumes runAsNonRoot, hostPathVolumes",
        "19, 19, allowPrivilegeEscalation restrictedVolumes runAsNonRoot seccompProfile_restricted,"
                + " hostPathVolumes seccompProfile_baseline",
        "22, 19, allowPrivilegeEscalation capabilities_restricted restrictedVolumes runAsNonRoot"
                + " seccompProfile_restricted, capabilities_baseline hostPathVolumes seccompProfile_baseline",
        "23, 19, allowPrivilegeEscalation capabilities_restricted restrictedVolumes runAsNonRoot runAsUser"
                + " seccompProfile_restricted, capabilities_baseline hostPathVolumes seccompProfile_baseline",
        "35, 35, allowPrivilegeEscalation capabilities_restricted procMount_restricted restrictedVolumes runAsNonRoot"
                + " runAsUser seccompProfile_restricted,"
                + " capabilities_baseline hostPathVolumes procMount seccompProfile_baseline"
    })
    void restrictedAddsItsChecksAndLeavesOutWhatTheyReplace(
            int minor, int lastBaselineChange, String restricted, String replaced) {
        PodSecurityVersion version = PodSecurityVersion.of(minor);
        List<String> baseline = ids(RuleRegistry.podSecurity(PodSecurityLevel.BASELINE, version));
        List<String> expected = Stream.concat(
                        baseline.stream()
                                .filter(id -> !List.of(replaced.split(" ")).contains(id)),
                        Stream.of(restricted.split(" ")))
                .toList();

        assertThat(baseline).containsAll(List.of(replaced.split(" ")));
        assertThat(ids(RuleRegistry.podSecurity(PodSecurityLevel.RESTRICTED, version)))
                .containsExactlyElementsOf(expected);
        assertThat(RuleRegistry.podSecurity(PodSecurityLevel.BASELINE, version).stream()
                        .mapToInt(check -> check.revision().since())
                        .max())
                .hasValue(lastBaselineChange);
    }

    @Test
    void baselineKnowsProbeHostsFromTheirFirstVersionOn() {
        assertThat(ids(RuleRegistry.podSecurity(PodSecurityLevel.BASELINE, PodSecurityVersion.of(33))))
                .hasSize(11)
                .doesNotContain("hostProbesAndHostLifecycle");
        assertThat(ids(RuleRegistry.podSecurity(PodSecurityLevel.BASELINE, PodSecurityVersion.of(34))))
                .hasSize(12)
                .contains("hostProbesAndHostLifecycle");
    }

    @ParameterizedTest
    @EnumSource(PodSecurityLevel.class)
    void latestIsTheNewestVersionOfEachCheck(PodSecurityLevel level) {
        List<Integer> newest = since(level, PodSecurityVersion.of(ClusterCapabilities.NEWEST_MINOR));

        assertThat(since(level, PodSecurityVersion.LATEST)).isEqualTo(newest);
        assertThat(since(level, PodSecurityVersion.of(10_000))).isEqualTo(newest);
        assertThat(ids(RuleRegistry.podSecurity(level, PodSecurityVersion.LATEST)))
                .isEqualTo(
                        ids(RuleRegistry.podSecurity(level, PodSecurityVersion.of(ClusterCapabilities.NEWEST_MINOR))));
    }

    @ParameterizedTest
    @EnumSource(PodSecurityLevel.class)
    void olderClusterKnowsNoNewerPolicy(PodSecurityLevel level) {
        assertThat(since(level, PodSecurityVersion.LATEST.clampedTo(36)))
                .isEqualTo(since(level, PodSecurityVersion.of(35)))
                .isNotEqualTo(since(level, PodSecurityVersion.LATEST));
    }

    private static List<Integer> since(PodSecurityLevel level, PodSecurityVersion version) {
        return RuleRegistry.podSecurity(level, version).stream()
                .map(check -> check.revision().since())
                .toList();
    }

    private static List<String> ids(Collection<RuleRegistry.InForce> checks) {
        return checks.stream().map(check -> check.rule().id()).toList();
    }

    @Test
    void revisionIsTheLastOneNotNewerThanTheVersion() {
        Rule sysctls = RuleRegistry.named("sysctls").orElseThrow();
        List<Integer> inForce = IntStream.rangeClosed(0, 40)
                .map(minor -> sysctls.revisionAt(PodSecurityVersion.of(minor))
                        .orElseThrow()
                        .since())
                .distinct()
                .boxed()
                .toList();

        assertThat(inForce).containsExactly(0, 27, 29, 32, 37);
        assertThat(RuleRegistry.named("runAsUser").orElseThrow().revisionAt(PodSecurityVersion.of(22)))
                .isEmpty();
    }

    /** What {@code least-privilege} does about a rule's findings; {@code sandboxed} does the same. */
    @ParameterizedTest
    @CsvSource({
        "appArmorProfile, deny",
        "capabilities_baseline, off",
        "hostNamespaces, deny",
        "hostPathVolumes, deny",
        "hostPorts, deny",
        "hostProbesAndHostLifecycle, deny",
        "privileged, deny",
        "procMount, off",
        "seLinuxOptions, deny",
        "seccompProfile_baseline, off",
        "sysctls, deny",
        "windowsHostProcess, deny",
        "allowPrivilegeEscalation, harden",
        "capabilities_restricted, harden",
        "procMount_restricted, deny",
        "restrictedVolumes, deny",
        "runAsNonRoot, harden",
        "runAsUser, deny",
        "seccompProfile_restricted, harden"
    })
    void ownProfilesFillInWhatCanBeFilledAndDenyTheRest(String id, String action) {
        Rule rule = RuleRegistry.named(id).orElseThrow();

        assertThat(rule.leastPrivilege().forValue("x").label()).isEqualTo(action);
        assertThat(rule.sandboxed()).isEqualTo(rule.leastPrivilege());
    }

    @Test
    void hostPathVolumesAreLeftToTheRuleThatNamesTheirPaths() {
        RuleAction volumes =
                RuleRegistry.named("restrictedVolumes").orElseThrow().leastPrivilege();

        assertThat(volumes.forValue("hostPath")).isEqualTo(Action.OFF);
        assertThat(volumes.forValue("nfs")).isEqualTo(Action.DENY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"capabilities_baseline", "procMount", "seccompProfile_baseline"})
    void ownProfilesLeaveOutOnlyWhatTheirRestrictedChecksSee(String id) {
        Set<String> replaced = RuleRegistry.podSecurity(PodSecurityLevel.RESTRICTED, PodSecurityVersion.LATEST).stream()
                .flatMap(check -> check.revision().replaces().stream())
                .collect(Collectors.toSet());

        assertThat(replaced).contains(id);
        assertThat(RuleRegistry.named(id).map(Rule::leastPrivilege)).isEqualTo(Optional.of(RuleAction.OFF));
    }
}
