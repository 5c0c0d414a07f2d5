package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import dev.bulkhead.Golden;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.admission.AdmissionReviewHandler;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README shows is what the program says. */
class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final Path WORST = Path.of("docs/driftwood/0-worst-case.yaml");

    @Test
    void showsTheAnswerToTheWorstCase() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();

        int exitCode = Bulkhead.run(
                new PrintWriter(out), new PrintWriter(err), "check", "-f", WORST.toString(), "--color", "never");

        assertThat(exitCode).isEqualTo(1);
        assertThat(err.toString()).isEmpty();
        Golden.section(README, "answer", "```console\n$ ./bulkhead check -f " + WORST + "\n" + out + "```\n");
    }

    /** ReadmeInstallIT runs these lines; this is what holds them together where it cannot run. */
    @Test
    void itsLinesLoadTheImageThatTheChartAsksFor() throws IOException {
        List<String> lines = Golden.lines(README, "install");
        String version = Yaml.file(Path.of("charts/bulkhead/Chart.yaml"))
                .path("appVersion")
                .asText();
        String archive = "target/image/bulkhead-" + version + ".tar";

        assertThat(lines).first().isEqualTo("image/build");
        assertThat(Path.of("image/build")).isExecutable();
        assertThat(lines.get(1)).isEqualTo("kind load image-archive " + archive);
        assertThat(lines.get(2)).startsWith("helm install bulkhead charts/bulkhead --namespace bulkhead-system ");
        assertThat(new Helm(Path.of("charts/bulkhead"))
                        .template()
                        .withName("bulkhead")
                        .withNamespace("bulkhead-system")
                        .withKubeVersion("v1.37.0")
                        .call())
                .contains("image: bulkhead:" + version + "\n");
        for (String page : List.of("README.md", "docs/operating.md")) {
            assertThat(Files.readString(Path.of(page)))
                    .contains(archive, "k3d image import", "minikube image load")
                    .doesNotContainPattern("bulkhead-(?!" + Pattern.quote(version) + "\\.)\\d+\\.\\d+\\.\\d+\\.tar");
        }
    }

    /** The pod is as the mutating webhook leaves it. */
    @Test
    void showsTheDenialOfItsFirstExample() throws IOException {
        JsonNode review = Yaml.tree("""
                apiVersion: admission.k8s.io/v1
                kind: AdmissionReview
                request:
                  uid: readme
                  kind: {group: "", version: v1, kind: Pod}
                  operation: CREATE
                  namespace: default
                  name: web
                  object:
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: web, namespace: default}
                    spec:
                      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
                      containers:
                        - name: web
                          image: nginxinc/nginx-unprivileged
                          securityContext:
                            privileged: true
                            readOnlyRootFilesystem: true
                            capabilities: {drop: [ALL]}
                """);
        String message = answer(AdmissionService.Path.VALIDATE, review)
                .at("/response/status/message")
                .asText();
        assertThat(message).startsWith("Bulkhead refuses Pod \"web\"");
        assertThat(Files.readString(README)).contains(message.strip() + "\n```");
    }

    /** Without the lines that begin with a plus it is the pod as it was created, with them as it is stored. */
    @Test
    void showsWhatIsFilledIntoItsFirstExample() throws IOException {
        List<String> diff = blockOf("diff").toList();
        JsonNode before = Yaml.tree(diff.stream()
                .filter(line -> line.startsWith(" "))
                .map(line -> line.substring(1))
                .collect(Collectors.joining("\n")));
        JsonNode after = Yaml.tree(diff.stream().map(line -> line.substring(1)).collect(Collectors.joining("\n")));
        ObjectNode pod =
                (ObjectNode) Yaml.tree("{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: default}}");
        pod.set("spec", before.get("spec"));
        ObjectNode review = (ObjectNode) Yaml.tree("""
                apiVersion: admission.k8s.io/v1
                kind: AdmissionReview
                request:
                  uid: readme
                  kind: {group: "", version: v1, kind: Pod}
                  operation: CREATE
                  namespace: default
                  name: web
                """);
        ((ObjectNode) review.get("request")).set("object", pod);

        JsonNode response = answer(AdmissionService.Path.MUTATE, review).get("response");

        assertThat(response.get("allowed").asBoolean()).isTrue();
        JsonNode patch = new ObjectMapper().readTree(response.get("patch").binaryValue());
        assertThat(JsonPatch.apply(patch, pod).get("spec")).isEqualTo(after.get("spec"));
    }

    private static JsonNode answer(AdmissionService.Path path, JsonNode review) throws IOException {
        AdmissionService.Answer answer = AdmissionReviewHandler.by(
                        WorkloadKinds.builtIn(),
                        ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                        Clock.systemUTC())
                .answer(
                        path,
                        review.toString().getBytes(StandardCharsets.UTF_8),
                        () -> PolicySet.of(Profile.LEAST_PRIVILEGE));
        return new ObjectMapper().readTree(answer.body());
    }

    /** The lines of the first block in that language. */
    private static Stream<String> blockOf(String language) throws IOException {
        return Files.readString(README)
                .lines()
                .dropWhile(line -> !line.equals("```" + language))
                .skip(1)
                .takeWhile(line -> !line.equals("```"));
    }

    @Test
    void showsTheWorstCaseAsItIs() throws IOException {
        String worst = Files.readString(WORST);

        assertThat(blockOf("yaml")).allSatisfy(line -> assertThat(worst).contains(line));
    }
}
