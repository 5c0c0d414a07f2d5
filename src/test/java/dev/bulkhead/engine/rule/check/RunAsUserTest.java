package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.ImagePattern;
import dev.bulkhead.engine.image.ImageSetting;
import dev.bulkhead.engine.image.ImageUser;
import dev.bulkhead.engine.rule.RuleSettings;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                .containsExactly("/spec/securityContext {\"runAsUser\":10001,\"runAsGroup\":10001}");
    }

    @Test
    void containersThatNameAUserKeepIt() {
        // The pod's group would reach the container with user 7, too.
        assertThat(pod("containers: [{name: a, securityContext: {runAsUser: 7}}, {name: b}]")
                        .additions())
                .containsExactly(
                        "/spec/containers/1/securityContext {\"runAsGroup\":10001}",
                        "/spec/securityContext {\"runAsUser\":10001}");
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
                .containsExactly("/spec/containers/1/securityContext {\"runAsUser\":10001,\"runAsGroup\":10001}");
        assertThat(pod("containers: [{name: a, securityContext: {runAsUser: 0}}, {name: b}]")
                        .excusing("runAsUser", "a")
                        .additions())
                .containsExactly(
                        "/spec/containers/1/securityContext {\"runAsGroup\":10001}",
                        "/spec/securityContext {\"runAsUser\":10001}");
        assertThat(pod("containers: [{name: a}]").excusing("runAsNonRoot", "a").additions())
                .isEmpty();
    }

    @Test
    void windowsKnowsNoNumbers() {
        assertThat(pod("os: {name: windows}, containers: [{name: a}]").additions())
                .isEmpty();
    }

    @Test
    void onlyTheContainersThatAreBeingAddedToAPodThatRunsGetAUser() {
        assertThat(pod("containers: [{name: a}], ephemeralContainers: [{name: debug}]")
                        .addingEphemeralContainers()
                        .additions())
                .containsExactly(
                        "/spec/ephemeralContainers/0/securityContext {\"runAsUser\":10001,\"runAsGroup\":10001}");
    }

    @Test
    void debugContainersGetTheUserThatAllOthersHave() {
        assertThat(Turn.of(
                                "runAsUser",
                                "containers: [{name: a, securityContext: {runAsUser: 7, runAsGroup: 8}}],"
                                        + " ephemeralContainers: [{name: debug}]")
                        .addingEphemeralContainers()
                        .additions())
                .containsExactly("/spec/ephemeralContainers/0/securityContext {\"runAsUser\":7,\"runAsGroup\":8}");
        assertThat(Turn.of(
                                "runAsUser",
                                "containers: [{name: a, securityContext: {runAsUser: 7}},"
                                        + " {name: b, securityContext: {runAsUser: 8}}],"
                                        + " ephemeralContainers: [{name: debug}]")
                        .addingEphemeralContainers()
                        .additions())
                .isEmpty();
    }

    @Test
    void groupsThatAreSetStay() {
        assertThat(pod("securityContext: {runAsGroup: 5}, containers: [{name: a}]")
                        .additions())
                .containsExactly("/spec/securityContext/runAsUser 10001");
        assertThat(pod("containers: [{name: a, securityContext: {runAsGroup: 5}}, {name: b}]")
                        .additions())
                .containsExactly("/spec/securityContext {\"runAsUser\":10001,\"runAsGroup\":10001}");
        assertThat(pod("containers: [{name: a, securityContext: {runAsGroup: 5}}, {name: b}]")
                        .with(settings(new RuleSettings.User.Fixed(10_001, 20_002, 30_003)))
                        .additions())
                .containsExactly("/spec/securityContext {\"runAsUser\":10001,\"runAsGroup\":20002}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            persistentVolumeClaim: {claimName: data} |                 | true
            ephemeral: {volumeClaimTemplate: {}}     |                 | true
            emptyDir: {}                             |                 | false
            configMap: {name: data}                  |                 | false
            persistentVolumeClaim: {claimName: data} | readOnly: true, | false
            """)
    void claimsBecomeWritableToTheUser(String source, @Nullable String option, boolean written) {
        String spec = "containers: [{name: a, volumeMounts: [{" + (option == null ? "" : option)
                + "name: data, mountPath: /data}]}], volumes: [{name: data, " + source + "}]";

        assertThat(pod(spec)
                        .with(settings(new RuleSettings.User.Fixed(10_001, 20_002, 30_003)))
                        .additions())
                .containsExactly("/spec/securityContext {\"runAsUser\":10001,\"runAsGroup\":20002"
                        + (written ? ",\"fsGroup\":30003,\"fsGroupChangePolicy\":\"OnRootMismatch\"}" : "}"));
    }

    @Test
    void groupOfVolumesThatIsSetStays() {
        String claim = "containers: [{name: a, volumeMounts: [{name: data, mountPath: /data}]}],"
                + " volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]";

        assertThat(pod("securityContext: {fsGroup: 5}, " + claim).additions())
                .containsExactly("/spec/securityContext/runAsGroup 10001", "/spec/securityContext/runAsUser 10001");
        assertThat(pod("securityContext: {fsGroupChangePolicy: Always}, " + claim)
                        .additions())
                .containsExactly(
                        "/spec/securityContext/fsGroup 10001",
                        "/spec/securityContext/runAsGroup 10001",
                        "/spec/securityContext/runAsUser 10001");
    }

    @Test
    void claimsOfContainersWithAUserOfTheirOwnStayAsTheyAre() {
        assertThat(pod("containers: [{name: a, securityContext: {runAsUser: 7, runAsGroup: 7}, volumeMounts:"
                                + " [{name: data, mountPath: /data}]}, {name: b}],"
                                + " volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]")
                        .additions())
                .containsExactly("/spec/securityContext {\"runAsUser\":10001,\"runAsGroup\":10001}");
    }

    @Test
    void claimsOfStatefulSetsAreKnownByTheirMounts() {
        assertThat(pod("containers: [{name: a, volumeMounts: [{name: data, mountPath: /data}]}]")
                        .ofTemplate()
                        .additions())
                .containsExactly("/spec/securityContext {\"runAsUser\":10001,\"runAsGroup\":10001,\"fsGroup\":10001,"
                        + "\"fsGroupChangePolicy\":\"OnRootMismatch\"}");
    }

    @Test
    void policyNamesUsersOfImages() {
        ImageSetting nginx = new ImageSetting(
                ImagePattern.parse("nginx*").orElseThrow(),
                Optional.of(new ImageUser.UserId(101, Optional.of(102L))),
                Optional.of(103L),
                Optional.empty());
        RuleSettings settings = new RuleSettings(
                RuleSettings.Scratch.DEFAULT,
                Optional.of(USER),
                List.of(),
                List.of(nginx),
                RuleSettings.UnknownUser.WARN);

        assertThat(pod("containers: [{name: a, image: 'nginx:1.29'}, {name: b, image: 'acme/web:1'}]")
                        .with(settings)
                        .additions())
                .containsExactly(
                        "/spec/containers/0/securityContext {\"runAsUser\":101,\"runAsGroup\":102}",
                        "/spec/containers/1/securityContext {\"runAsUser\":10001,\"runAsGroup\":10001}");
        assertThat(pod("containers: [{name: a, image: 'docker.io/library/nginx@sha256:" + "0".repeat(64) + "'}]")
                        .with(settings)
                        .additions())
                .containsExactly("/spec/securityContext {\"runAsUser\":101,\"runAsGroup\":102}");
    }

    @Test
    void imagesThatNameAUserGetItsNumber() {
        Turn turn = Turn.of("runAsUser", "containers: [{name: a, image: 'memcached:1.6'}]");

        assertThat(turn.additions())
                .containsExactly("/spec/securityContext {\"runAsUser\":11211,\"runAsGroup\":11211}");
        assertThat(turn.withUser(USER).additions())
                .as("the policy's user outlasts what is known of images")
                .containsExactly("/spec/securityContext {\"runAsUser\":10001,\"runAsGroup\":10001}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1000 | 1000 | {"runAsUser":1000,"runAsGroup":1000}
            1000 | 50   | {"runAsUser":1000,"runAsGroup":50}
            1000 | 0    | {"runAsUser":1000}
            1000 |      | {"runAsUser":1000}
            """)
    void userThatWasSeenInARunningContainerIsFilledIn(long uid, @Nullable Long gid, String securityContext) {
        ImageLookup running = image -> Optional.of(
                ImageKnowledge.ofUser(ImageUser.observed(uid, Optional.ofNullable(gid)), "a running container"));
        Turn turn = Turn.of("runAsUser", "containers: [{name: a, image: 'acme/web:1'}]")
                .knowing(running);

        assertThat(turn.additions()).containsExactly("/spec/securityContext " + securityContext);
        assertThat(turn.withUser(USER).additions())
                .as("the policy's user comes first")
                .containsExactly("/spec/securityContext {\"runAsUser\":10001,\"runAsGroup\":10001}");
        assertThat(Turn.of("runAsUser", "containers: [{name: a, image: 'acme/web:1', securityContext: {runAsUser: 7}}]")
                        .knowing(running)
                        .additions())
                .isEmpty();
    }

    /** The kubelet hands the runtime the number of the image's user only, which without an entry gets group 0. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            docker.io/coredns/coredns | {"runAsUser":65532,"runAsGroup":65532}
            elasticsearch             |
            grafana/grafana           |
            """)
    void groupThatTheImageNamesIsFilledInWithItsUser(String image, @Nullable String securityContext) {
        assertThat(Turn.of("runAsUser", "containers: [{name: a, image: '" + image + "'}]")
                        .additions())
                .isEqualTo(securityContext == null ? List.of() : List.of("/spec/securityContext " + securityContext));
    }

    private static RuleSettings settings(RuleSettings.User user) {
        return new RuleSettings(RuleSettings.Scratch.DEFAULT, Optional.of(user), List.of());
    }

    @Test
    void userMayDependOnTheNamespace() {
        RuleSettings.User spread = new RuleSettings.User.PerNamespace(100_000, 199_999);
        Turn turn = Turn.of("runAsUser", "containers: [{name: a}]").withUser(spread);

        assertThat(turn.additions()).containsExactly(groups(spread.in("driftwood")));
        assertThat(turn.inNoNamespace().additions()).containsExactly(groups(spread.in("default")));
        assertThat(spread.in("driftwood")).isNotEqualTo(spread.in("default"));
    }

    @Test
    void largestUserThatTheApiServerTakesIsWrittenAsANumber() {
        Turn turn =
                Turn.of("runAsUser", "containers: [{name: a}]").withUser(new RuleSettings.User.Fixed(2_147_483_647));

        assertThat(turn.additions())
                .containsExactly("/spec/securityContext {\"runAsUser\":2147483647,\"runAsGroup\":2147483647}");
    }

    private static String groups(ImageUser.UserId id) {
        return "/spec/securityContext {\"runAsUser\":" + id.uid() + ",\"runAsGroup\":" + id.uid() + "}";
    }
}
