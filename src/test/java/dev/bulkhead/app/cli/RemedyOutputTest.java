package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cli.Cli.Run;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code check -o json} says of a finding's remedy can be applied to the manifest as it was given. */
class RemedyOutputTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(strings = {"0-worst-case", "careless", "3-capabilities", "6-no-escalation"})
    void editsPutTheManifestsOfTheTourRight(String name) throws IOException {
        check(Yaml.file(Path.of("docs/driftwood", name + ".yaml")));
    }

    /** In the host's network the API server gives every port a hostPort, which the manifest does not have. */
    @Test
    void editsAreForTheManifestWithoutWhatTheApiServerFillsIn() throws IOException {
        check(Yaml.tree("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web}
                spec:
                  hostNetwork: true
                  containers:
                    - {name: app, image: registry.example/app:1, ports: [{containerPort: 8080}]}
                """));
    }

    @Test
    void editsOfAListNameThePlaceInTheWholeDocument() throws IOException {
        check(Yaml.tree("""
                apiVersion: v1
                kind: List
                items:
                  - apiVersion: v1
                    kind: Pod
                    metadata: {name: web}
                    spec:
                      containers:
                        - name: app
                          image: registry.example/app:1
                          securityContext: {privileged: true, capabilities: {add: [CHOWN, SYS_ADMIN, CHOWN]}}
                      volumes:
                        - {name: a, emptyDir: {}}
                        - {name: b, hostPath: {path: /run/docker.sock}}
                """));
    }

    /** Each container's mount of the socket is a finding, and so is the volume that all of them mount. */
    @Test
    void editsOfManyFindingsGrowNoFasterThanTheManifest() throws IOException {
        long few = operations(sharing(20));
        long many = operations(sharing(200));

        assertThat(few).isGreaterThanOrEqualTo(20);
        assertThat(many).isLessThanOrEqualTo(few * 10);
    }

    private static JsonNode sharing(int containers) {
        String mounting = "{name: c%d, image: 'registry.example/app:1', volumeMounts: [{name: v, mountPath: /v}]}";
        return Yaml.tree("{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: ["
                + IntStream.range(0, containers).mapToObj(mounting::formatted).collect(Collectors.joining(", "))
                + "], volumes: [{name: v, hostPath: {path: /run/docker.sock}}]}}");
    }

    private static long operations(JsonNode manifest) throws IOException {
        return findings(manifest).stream()
                .mapToLong(finding -> finding.at("/remedy/edits").size())
                .sum();
    }

    private static void check(JsonNode manifest) throws IOException {
        List<JsonNode> findings = findings(manifest);
        assertThat(findings).isNotEmpty();
        for (JsonNode finding : findings) {
            JsonNode remedy = finding.get("remedy");
            assertThat(remedy.get("text").asText()).isNotBlank();
            assertThat(remedy.get("edits")).as(finding.toString()).isNotEmpty();
            JsonNode edited = JsonPatch.apply(remedy.get("edits"), manifest.deepCopy());

            assertThat(Collections.frequency(said(findings(edited)), said(finding)))
                    .as(finding.toString())
                    .isLessThan(Collections.frequency(said(findings), said(finding)));
        }
    }

    private static List<JsonNode> findings(JsonNode manifest) throws IOException {
        Run run =
                Cli.alone().reading(manifest.toString()).go("check", "-f", "-", "-o", "json", "--profile", "sandboxed");
        assertThat(run.err()).isEmpty();
        List<JsonNode> findings = new ArrayList<>();
        JSON.readTree(run.out())
                .at("/workloads")
                .forEach(workload -> workload.get("findings").forEach(findings::add));
        return findings;
    }

    private static List<String> said(List<JsonNode> findings) {
        return findings.stream().map(RemedyOutputTest::said).toList();
    }

    private static String said(JsonNode finding) {
        return finding.get("rule").asText() + finding.get("container") + finding.get("value");
    }
}
