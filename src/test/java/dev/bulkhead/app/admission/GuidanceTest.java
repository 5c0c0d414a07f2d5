package dev.bulkhead.app.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What denials and warnings point to, and what may not be set to be pointed to. */
class GuidanceTest {
    private static final String CONTACT = "#platform on Slack; exemptions: https://intranet.example/exemptions";
    private static final Guidance OURS = Guidance.DEFAULT
            .withPages("https://docs.example/security/{rule}.html")
            .withContact(CONTACT);
    private static final String UNSAFE =
            "hostNetwork: true, containers: [{name: web, image: a, securityContext: {privileged: true}}]";

    private static JsonNode ask(Guidance guidance, Profile profile, Mode mode, String spec) throws IOException {
        String review = Yaml.tree("""
                apiVersion: admission.k8s.io/v1
                kind: AdmissionReview
                request:
                  uid: "1"
                  operation: CREATE
                  kind: {group: "", version: v1, kind: Pod}
                  namespace: shop
                  object: {apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {%s}}
                """.formatted(spec)).toString();
        byte[] answer = AdmissionReviewHandler.by(
                        WorkloadKinds.builtIn(),
                        ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                        Clock.systemUTC(),
                        guidance)
                .answer(
                        Path.VALIDATE,
                        review.getBytes(StandardCharsets.UTF_8),
                        () -> new PolicySet(List.of(Policy.builtIn(profile, mode)), List.of()))
                .body();
        return new ObjectMapper().readTree(answer).get("response");
    }

    private static List<String> warnings(JsonNode response) {
        return StreamSupport.stream(response.path("warnings").spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    @Test
    void aDenialPointsToThePagesOfItsRules() throws IOException {
        String message = ask(Guidance.DEFAULT, Profile.LEAST_PRIVILEGE, Mode.ENFORCE, UNSAFE)
                .at("/status/message")
                .asText();

        assertThat(message)
                .contains("\n  " + RuleInfo.HOME + "/blob/main/docs/rules/privileged.md\n")
                .contains("`bulkhead explain privileged`")
                .doesNotContain("Questions");
    }

    @Test
    void aDenialEndsWithThePagesAndTheContactThatAreSet() throws IOException {
        String message = ask(OURS, Profile.LEAST_PRIVILEGE, Mode.ENFORCE, UNSAFE)
                .at("/status/message")
                .asText();

        assertThat(message)
                .contains("\n  https://docs.example/security/privileged.html\n")
                .doesNotContain("github.com")
                .endsWith("\nQuestions and exemptions: " + CONTACT);
    }

    @Test
    void whatCannotBeEvaluatedNamesTheContactToo() throws IOException {
        JsonNode response = ask(OURS, Profile.LEAST_PRIVILEGE, Mode.ENFORCE, "containers: 1");

        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/message").asText()).endsWith("\nQuestions and exemptions: " + CONTACT);
    }

    @Test
    void theSentenceOfPodSecurityComesFirstAndStaysVerbatim() throws IOException {
        String plain = ask(Guidance.DEFAULT, Profile.parse("baseline").orElseThrow(), Mode.ENFORCE, UNSAFE)
                .at("/status/message")
                .asText();
        String ours = ask(OURS, Profile.parse("baseline").orElseThrow(), Mode.ENFORCE, UNSAFE)
                .at("/status/message")
                .asText();

        assertThat(plain).startsWith("violates PodSecurity \"baseline:");
        assertThat(ours.lines().findFirst()).isEqualTo(plain.lines().findFirst());
    }

    @Test
    void warningsEndWithThePageAndTheContactAndArriveWhole() throws IOException {
        List<String> warnings = warnings(ask(OURS, Profile.LEAST_PRIVILEGE, Mode.WARN, UNSAFE));

        assertThat(warnings)
                .hasSizeGreaterThan(2)
                .allSatisfy(warning -> assertThat(warning).hasSizeLessThanOrEqualTo(256));
        assertThat(warnings.get(warnings.size() - 2))
                .startsWith("bulkhead: why, and how to fix it: https://docs.example/security/");
        assertThat(warnings.get(warnings.size() - 1)).isEqualTo("bulkhead: Questions and exemptions: " + CONTACT);
    }

    @Test
    void theLongestAddressAndContactKeepTheApiServersBudget() throws IOException {
        Guidance longest = Guidance.DEFAULT
                .withPages("https://docs.example/" + "a".repeat(179))
                .withContact("b".repeat(200));
        String many = "hostNetwork: true, hostPID: true, hostIPC: true, volumes: [{name: a, hostPath: {path: /}}],"
                + " containers: [{name: web, image: a, securityContext: {privileged: true, procMount: Unmasked,"
                + " runAsUser: 0, capabilities: {add: [SYS_ADMIN]}}, ports: [{hostPort: 1}],"
                + " volumeMounts: [{name: a, mountPath: /a}]}]";

        List<String> warnings = warnings(ask(longest, Profile.LEAST_PRIVILEGE, Mode.WARN, many));

        assertThat(warnings).allSatisfy(warning -> assertThat(warning).hasSizeLessThanOrEqualTo(256));
        assertThat(warnings.stream().mapToInt(String::length).sum()).isLessThan(4096);
    }

    @Test
    void passingPodHasNoFinding() throws IOException {
        assertThat(warnings(ask(OURS, Profile.PRIVILEGED, Mode.ENFORCE, UNSAFE)))
                .isEmpty();
    }

    @Test
    void anAddressWithoutAPlaceForTheRuleIsFollowedByIt() {
        Rule rule = RuleRegistry.ALL.get(0);

        assertThat(Guidance.DEFAULT.withPages("http://docs.example/?r=").page(rule.info()))
                .isEqualTo("http://docs.example/?r=" + rule.id());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "docs.example/rules",
                "ftp://docs.example/",
                "javascript:alert(1)",
                "https:///rules",
                "https://user:password@docs.example/",
                "https://docs.example/a b",
                "https://docs.example/\nBulkhead admits this",
                "https://docs.example/\u202e",
                "https://döcs.example/",
                "https://docs.example/{id}"
            })
    void refusesPagesThatAreNoAddress(String pages) {
        assertThatThrownBy(() -> Guidance.DEFAULT.withPages(pages))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected an http or https address")
                .message()
                .hasSizeLessThan(400)
                .doesNotContain("\n", "\u202e");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a\nb", "a\r", "a\u001b[31m", "a\u202eb", "a\u2028b", "\ud83d"})
    void refusesAContactThatIsNotOneHarmlessLine(String contact) {
        assertThatThrownBy(() -> Guidance.DEFAULT.withContact(contact))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected one line of at most 200 characters");
    }

    @Test
    void refusesWhatIsTooLong() {
        assertThatThrownBy(() -> Guidance.DEFAULT.withContact("a".repeat(201)))
                .hasMessageStartingWith("expected one line of at most 200 characters");
        assertThatThrownBy(() -> Guidance.DEFAULT.withPages("https://docs.example/" + "a".repeat(180)))
                .hasMessageStartingWith("expected an http or https address");
    }
}
