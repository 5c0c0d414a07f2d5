package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.ImageUser;
import dev.bulkhead.engine.rule.Note;
import dev.bulkhead.engine.rule.RuleSettings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunAsNonRootTest {
    private static Turn pod(String spec) {
        return Turn.of("runAsNonRoot", spec);
    }

    @Test
    void fillsThePodOnceForAllContainers() {
        assertThat(pod("initContainers: [{name: i}], containers: [{name: a}, {name: b}]")
                        .additions())
                .containsExactly("/spec/securityContext {\"runAsNonRoot\":true}");
    }

    @Test
    void keepsWhatThePodSetsBesides() {
        assertThat(pod("securityContext: {fsGroup: 7}, containers: [{name: a}]").additions())
                .containsExactly("/spec/securityContext/runAsNonRoot true");
    }

    @Test
    void fillsContainersWhereThePodSaysFalse() {
        assertThat(pod("securityContext: {runAsNonRoot: false}, containers: [{name: a},"
                                + " {name: b, securityContext: {runAsNonRoot: false}}]")
                        .additions())
                .containsExactly("/spec/containers/0/securityContext {\"runAsNonRoot\":true}");
    }

    @Test
    void fillsOnlyTheOthersWhereOneContainerIsExcused() {
        assertThat(pod("containers: [{name: a}, {name: b}]")
                        .excusing("runAsNonRoot", "a")
                        .additions())
                .containsExactly("/spec/containers/1/securityContext {\"runAsNonRoot\":true}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "containers: [{name: a, securityContext: {runAsUser: 0}}]",
                "securityContext: {runAsUser: 0}, containers: [{name: a}]"
            })
    void leavesAContainerThatIsRootByNumber(String spec) {
        Turn turn = pod(spec);

        assertThat(turn.additions()).isEmpty();
        assertThat(turn.notHardenedReason()).containsOnlyKeys("a");
        assertThat(turn.notHardenedReason().get("a")).contains("runAsUser is 0");
    }

    @Test
    void fillsTheContainersBesideOneThatIsRootByNumber() {
        Turn turn = pod("containers: [{name: a, securityContext: {runAsUser: 0}}, {name: b}]");

        assertThat(turn.additions()).containsExactly("/spec/containers/1/securityContext {\"runAsNonRoot\":true}");
        assertThat(turn.notHardenedReason()).containsOnlyKeys("a");
    }

    @Test
    void ownNumberOfAContainerCountsBeforeThePods() {
        Turn turn = pod("securityContext: {runAsUser: 0}, containers: [{name: a, securityContext: {runAsUser: 7}}]");

        assertThat(turn.additions()).containsExactly("/spec/securityContext/runAsNonRoot true");
        assertThat(turn.notHardenedReason()).isEmpty();
    }

    @Test
    void fillsWindowsPods() {
        assertThat(pod("os: {name: windows}, containers: [{name: a}]").additions())
                .containsExactly("/spec/securityContext {\"runAsNonRoot\":true}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "securityContext: {windowsOptions: {runAsUserName: ContainerAdministrator}}, containers: [{name: a}]",
                "os: {name: windows}, containers:"
                        + " [{name: a, securityContext: {windowsOptions: {runAsUserName: containeradministrator}}}]"
            })
    void leavesAContainerThatTheKubeletWouldTakeForRoot(String spec) {
        Turn turn = pod(spec);

        assertThat(turn.additions()).isEmpty();
        assertThat(turn.notHardenedReason().get("a")).contains("windowsOptions.runAsUserName is root to the kubelet");
    }

    @Test
    void ownWindowsUserOfAContainerCountsBeforeThePods() {
        assertThat(pod("securityContext: {windowsOptions: {runAsUserName: ContainerAdministrator}}, containers:"
                                + " [{name: a, securityContext: {windowsOptions: {runAsUserName: ContainerUser}}}]")
                        .notHardenedReason())
                .isEmpty();
    }

    @Test
    void speaksOfWindowsUsersOnWindows() {
        Turn turn = pod("os: {name: windows}, containers: [{name: a}]");

        assertThat(turn.notes())
                .singleElement()
                .asString()
                .contains("runAsUserName")
                .doesNotContain("numeric");
        assertThat(turn.take().open().get(0).remedy().text()).contains("windowsOptions.runAsUserName to ContainerUser");
        assertThat(pod("os: {name: windows}, securityContext: {windowsOptions: {runAsUserName: ContainerUser}},"
                                + " containers: [{name: a}]")
                        .notes())
                .isEmpty();
        assertThat(pod("containers: [{name: a}]").take().open().get(0).remedy().text())
                .contains("runAsUser to a number");
    }

    @Test
    void fillsOnlyTheContainersThatAreBeingAddedToAPodThatRuns() {
        assertThat(pod("containers: [{name: a}], ephemeralContainers: [{name: debug}]")
                        .addingEphemeralContainers()
                        .additions())
                .containsExactly("/spec/ephemeralContainers/0/securityContext {\"runAsNonRoot\":true}");
    }

    @Test
    void sparesPodsWithAUserNamespaceFromTheVersionOnThatTrustsIt() {
        Turn turn = pod("hostUsers: false, containers: [{name: a}]");

        assertThat(turn.at(34).additions()).containsExactly("/spec/securityContext {\"runAsNonRoot\":true}");
        assertThat(turn.at(35).additions()).isEmpty();
    }

    @Test
    void saysThatTheImageMustNameAUserWhereNothingElseDoes() {
        RuleSettings.User user = new RuleSettings.User.Fixed(10_001);

        assertThat(pod("containers: [{name: a, image: 'acme/web:1'}]").notes())
                .singleElement()
                .asString()
                .isEqualTo(
                        "container \"a\" starts only if image acme/web:1 names a numeric user other than 0; else set runAsUser");
        assertThat(pod("containers: [{name: a}]").withUser(user).notes()).isEmpty();
        assertThat(pod("securityContext: {runAsUser: 7}, containers: [{name: a}]")
                        .notes())
                .isEmpty();
    }

    private static RuleSettings settings(RuleSettings.UnknownUser unknownUser) {
        return new RuleSettings(RuleSettings.Scratch.DEFAULT, Optional.empty(), List.of(), List.of(), unknownUser);
    }

    @Test
    void imagesThatRunAsRootAreLeftWithTheUserThatTheyWorkAs() {
        Turn turn = pod("containers: [{name: a, image: 'nginx:1.29'}]");

        assertThat(turn.additions()).isEmpty();
        assertThat(turn.notHardenedReason())
                .containsEntry(
                        "a",
                        "it would not start: image docker.io/library/nginx:1.29 runs as root (Bulkhead's table of known"
                                + " images); it works with runAsUser 101 and runAsGroup 101");
        assertThat(turn.notes()).isEmpty();
    }

    @Test
    void imagesWhoseUserHasAnUnknownNumberAreLeftToo() {
        assertThat(pod("containers: [{name: a, image: 'ghcr.io/stefanprodan/podinfo:6'}]")
                        .notHardenedReason()
                        .get("a"))
                .contains("runs as user \"app\", whose number is not known")
                .endsWith("; set runAsUser to a number other than 0");
    }

    @Test
    void imagesThatTheKubeletAcceptsAreFilledInWithoutANote() {
        for (String image : List.of("grafana/grafana:12", "memcached:1.6")) {
            Turn turn = pod("containers: [{name: a, image: '" + image + "'}]");

            assertThat(turn.additions()).containsExactly("/spec/securityContext {\"runAsNonRoot\":true}");
            assertThat(turn.notes()).isEmpty();
        }
    }

    @Test
    void usersOfThePolicyAreDoubtedWhereTheImageRunsAsRoot() {
        RuleSettings.User user = new RuleSettings.User.Fixed(10_001);

        assertThat(pod("containers: [{name: a, image: 'nginx:1.29'}]")
                        .withUser(user)
                        .notes())
                .containsExactly("container \"a\" runs as user 10001; image nginx:1.29 runs as root and may not work as"
                        + " another user than 101");
        assertThat(pod("containers: [{name: a, image: 'nginx:1.29'}]")
                        .withUser(new RuleSettings.User.Fixed(101))
                        .notes())
                .isEmpty();
        assertThat(pod("containers: [{name: a, image: 'grafana/grafana:12'}]")
                        .withUser(user)
                        .notes())
                .isEmpty();
    }

    @Test
    void podsOfControllersAreNeverLeftForTheirImage() {
        for (RuleSettings.UnknownUser unknown : RuleSettings.UnknownUser.values()) {
            Turn turn = pod("containers: [{name: a, image: 'nginx:1.29'}, {name: b, image: 'acme/web:1'}]")
                    .with(settings(unknown))
                    .ofController();

            assertThat(turn.notHardenedReason()).isEmpty();
            assertThat(turn.notes()).anySatisfy(note -> assertThat(note).startsWith("container \"a\" will not start"));
        }
    }

    @Test
    void policyDecidesAboutImagesOfWhichNothingIsKnown() {
        Turn turn = pod("containers: [{name: a, image: 'acme/web:1'}]");

        assertThat(turn.with(settings(RuleSettings.UnknownUser.WARN)).notes()).hasSize(1);
        assertThat(turn.with(settings(RuleSettings.UnknownUser.HARDEN)).notes()).isEmpty();
        assertThat(turn.with(settings(RuleSettings.UnknownUser.HARDEN)).additions())
                .containsExactly("/spec/securityContext {\"runAsNonRoot\":true}");
        assertThat(turn.with(settings(RuleSettings.UnknownUser.DENY)).additions())
                .isEmpty();
        assertThat(turn.with(settings(RuleSettings.UnknownUser.DENY))
                        .notHardenedReason()
                        .get("a"))
                .contains("nothing is known of the user of image acme/web:1");
    }

    @Test
    void fieldThatIsSetKeepsAnImageThatRunsAsRootFromStarting() {
        assertThat(pod("securityContext: {runAsNonRoot: true}, containers: [{name: a, image: 'nginx:1.29'},"
                                + " {name: b, image: 'acme/web:1'}]")
                        .notes())
                .containsExactly("container \"a\" will not start: image docker.io/library/nginx:1.29 runs as root; it"
                        + " works with runAsUser 101 and runAsGroup 101");
    }

    private static ImageLookup seenAs(long uid) {
        return image ->
                Optional.of(ImageKnowledge.ofUser(ImageUser.observed(uid, Optional.empty()), "a running container"));
    }

    @Test
    void rootThatWasSeenRunningIsLeftWithWhatTheTableAdds() {
        assertThat(pod("containers: [{name: a, image: 'acme/web:1'}]")
                        .knowing(seenAs(0))
                        .notHardenedReason())
                .containsEntry(
                        "a",
                        "it would not start: image docker.io/acme/web:1 runs as root (a running container); set"
                                + " runAsUser to a number other than 0");
        Turn nginx = pod("containers: [{name: a, image: 'nginx:1.29'}]").knowing(seenAs(0));
        assertThat(nginx.notHardenedReason().get("a"))
                .contains("runs as root (a running container); it works with runAsUser 101");
        assertThat(nginx.ofController().take().notes())
                .extracting(Note::source)
                .containsExactly("a running container; Bulkhead's table of known images");
    }

    @Test
    void userThatWasSeenRunningIsNoDoubt() {
        Turn turn = pod("containers: [{name: a, image: 'nginx:1.29'}]").knowing(seenAs(101));

        assertThat(turn.additions()).containsExactly("/spec/securityContext {\"runAsNonRoot\":true}");
        assertThat(turn.notes()).isEmpty();
    }

    @Test
    void userOfAnEarlierVersionIsFilledInWithANote() {
        ImageUser earlier = new ImageUser.Observed(new ImageUser.UserId(1000, Optional.empty()), true);
        Turn turn = pod("containers: [{name: a, image: 'acme/web:1'}]")
                .knowing(image -> Optional.of(ImageKnowledge.ofUser(earlier, "a running container")));

        assertThat(turn.notes())
                .containsExactly("container \"a\" runs as user 1000, as an earlier version of image acme/web:1 did; set"
                        + " runAsUser if this version names another user");
        assertThat(turn.take().notes()).extracting(Note::source).containsExactly("a running container");
    }

    @Test
    void rootThatIsDisputedDeniesNothing() {
        Turn turn = pod("containers: [{name: a, image: 'acme/web:1'}]")
                .knowing(image -> Optional.of(ImageKnowledge.ofUser(new ImageUser.Disputed(), "a running container")));

        assertThat(turn.notHardenedReason()).isEmpty();
        assertThat(turn.notes())
                .containsExactly("container \"a\" starts only if image acme/web:1 names a numeric user other than 0;"
                        + " else set runAsUser");
    }

    @Test
    void whatIsSeenLaterNeverLeavesThePodsOfAController() {
        for (RuleSettings.UnknownUser unknown : RuleSettings.UnknownUser.values()) {
            Turn turn = pod("containers: [{name: a, image: 'acme/web:1'}]")
                    .with(settings(unknown))
                    .knowing(seenAs(0));

            assertThat(turn.notHardenedReason()).containsOnlyKeys("a");
            assertThat(turn.ofController().notHardenedReason()).isEmpty();
            assertThat(turn.ofController().notes())
                    .containsExactly("container \"a\" will not start: image docker.io/acme/web:1 runs as root; set"
                            + " runAsUser to a number other than 0");
        }
    }
}
