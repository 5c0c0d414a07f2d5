package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cli.Cli.Run;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ReviewCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path EXAMPLE = Path.of("docs/examples/review.json");
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

    @Test
    void writesOnlyTheGatesAnswer() throws IOException {
        Run run = Cli.alone().reading(Files.readString(EXAMPLE)).go("review");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        JsonNode answer = JSON.readTree(run.out());
        assertThat(answer.get("kind").asText()).isEqualTo("AdmissionReview");
        assertThat(answer.at("/response/uid"))
                .isEqualTo(JSON.readTree(Files.readString(EXAMPLE)).at("/request/uid"));
        assertThat(answer.at("/response/allowed").asBoolean()).isFalse();
        assertThat(run.out()).startsWith("{\n  \"apiVersion\"").endsWith("}\n");
    }

    @Test
    void mutatesByTheProfileAskedFor() throws IOException {
        String example = Files.readString(EXAMPLE);

        assertThat(Cli.alone().reading(example).go("review", "--mutate").out()).contains("\"patch\": \"");
        assertThat(Cli.alone()
                        .reading(example)
                        .go("review", "--mutate", "--profile", "restricted")
                        .out())
                .doesNotContain("\"patch\"");
    }

    @Test
    void sentencesOfPodSecurityCarryTheVersion() throws IOException {
        Run run = Cli.alone()
                .reading(Files.readString(EXAMPLE))
                .go("review", "--profile", "baseline@v1.29", "--kube-version", "1.30");

        assertThat(run.out()).contains("violates PodSecurity \\\"baseline:v1.29\\\": ");
    }

    @Test
    void rejectsWhatIsNoReview() {
        for (String body : new String[] {"", "{", "[]", "{\"kind\":\"Pod\"}"}) {
            Run run = Cli.alone().reading(body).go("review");

            assertThat(run.exitCode()).as(body).isEqualTo(2);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).startsWith("<stdin>: ");
            assertThat(run.err().lines()).hasSize(1);
        }
    }

    @TestFactory
    Stream<DynamicTest> checkAndGateAgree() throws IOException {
        try (Stream<Path> files = Files.walk(FIXTURES)) {
            return files.filter(file -> file.endsWith("pod.yaml")).sorted().toList().stream()
                    // The API server makes it an emptyDir before the webhook sees it; check does so itself.
                    .filter(pod -> !pod.endsWith("restrictedVolumes/fail-no-source/pod.yaml"))
                    .map(pod -> DynamicTest.dynamicTest(
                            FIXTURES.relativize(pod.getParent()).toString(), () -> {
                                for (String profile : new String[] {"restricted", "least-privilege"}) {
                                    assertThat(isDeniedByCheck(pod, profile))
                                            .as(profile)
                                            .isEqualTo(isDeniedByGate(pod, profile));
                                }
                            }));
        }
    }

    private static boolean isDeniedByCheck(Path pod, String profile) throws IOException {
        Run run = Cli.run("check", "-f", pod.toString(), "--profile", profile, "-o", "json");
        JsonNode summary = JSON.readTree(run.out()).path("summary");
        if (summary.path("errors").asInt() > 0) {
            assertThat(run.err()).contains(": the API server rejects this ");
        }
        return summary.path("denied").asInt() == 1;
    }

    private static boolean isDeniedByGate(Path pod, String profile) throws IOException {
        JsonNode object = Yaml.file(pod);
        JsonNode patch = response(object, profile, "--mutate").path("patch");
        if (!patch.isMissingNode()) {
            object = JsonPatch.apply(JSON.readTree(Base64.getDecoder().decode(patch.asText())), object);
        }
        return !response(object, profile).get("allowed").asBoolean();
    }

    private static JsonNode response(JsonNode object, String profile, String... options) throws IOException {
        ObjectNode review =
                JSON.createObjectNode().put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode request = review.putObject("request").put("uid", "1").put("operation", "CREATE");
        request.putObject("kind").put("group", "").put("version", "v1").put("kind", "Pod");
        request.putObject("resource").put("group", "").put("version", "v1").put("resource", "pods");
        request.put("namespace", "default");
        request.set("object", object);
        String[] args = Stream.concat(Stream.of("review", "--profile", profile), Stream.of(options))
                .toArray(String[]::new);
        Run run = Cli.alone().reading(review.toString()).go(args);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return JSON.readTree(run.out()).get("response");
    }

    @Test
    void checkFillsInWhatTheApiServerWould() throws IOException {
        Path pod = FIXTURES.resolve("restrictedVolumes/fail-no-source/pod.yaml");

        assertThat(isDeniedByCheck(pod, "restricted")).isFalse();
    }
}
