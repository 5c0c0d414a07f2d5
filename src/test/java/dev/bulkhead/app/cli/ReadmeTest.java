package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.Helm;
import dev.bulkhead.Golden;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.admission.AdmissionReviewHandler;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.regex.Pattern;
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
        AdmissionService.Answer answer = AdmissionReviewHandler.by(
                        WorkloadKinds.builtIn(),
                        ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                        Clock.systemUTC())
                .answer(
                        AdmissionService.Path.VALIDATE,
                        review.toString().getBytes(StandardCharsets.UTF_8),
                        () -> PolicySet.of(Profile.LEAST_PRIVILEGE));

        String message = new ObjectMapper()
                .readTree(answer.body())
                .at("/response/status/message")
                .asText();
        assertThat(message).startsWith("Bulkhead refuses Pod \"web\"");
        assertThat(Files.readString(README)).contains(message.strip() + "\n```");
    }

    @Test
    void showsTheWorstCaseAsItIs() throws IOException {
        String worst = Files.readString(WORST);

        assertThat(Files.readString(README)
                        .lines()
                        .dropWhile(line -> !line.equals("```yaml"))
                        .skip(1)
                        .takeWhile(line -> !line.equals("```")))
                .allSatisfy(line -> assertThat(worst).contains(line));
    }
}
