package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.Golden;
import dev.bulkhead.e2e.InstalledOnNode.Site;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether a pod starts of which {@code check -o json} says so, and none of which it says that it does not. What is said
 * stands beside what the kubelet and the container did in {@code docs/images.md}.
 */
@Tag("image")
@ExtendWith(InstalledOnNode.class)
class PredictionIT {
    private static final Path PAGE = Path.of("docs", "images.md");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Site site;
    private final Node node;
    private final ControlPlane plane;

    @TempDir
    private Path directory;

    PredictionIT(Site site) {
        this.site = site;
        this.node = site.node();
        this.plane = node.plane();
    }

    /** Whether a pod started, and what there is to say about it. */
    private record Outcome(boolean started, String how) {}

    /**
     * One pod and what came of it.
     *
     * @param starts what Bulkhead said of it before
     */
    private record Row(Prediction pod, String starts, Outcome outcome) {
        boolean isMispredicted() {
            return !starts.equals("unknown") && starts.equals("yes") != outcome.started();
        }

        String line() {
            return "| %s | %s | %s | %s | %s |\n"
                    .formatted(
                            pod.image(),
                            pod.known(),
                            "`" + starts + "`",
                            outcome.started() ? "starts" : "does not start",
                            outcome.how().replace("|", "\\|").replace("\n", " "));
        }
    }

    @Test
    void podsStartAsPredicted() throws IOException {
        for (String namespace : Predictions.NAMESPACES) {
            plane.apply("{apiVersion: v1, kind: Namespace, metadata: {name: " + namespace + "}}");
        }
        plane.apply(Predictions.POLICIES);
        ControlPlane.await("the policies", () -> Predictions.NAMESPACES.stream().allMatch(this::isCoveredByItsPolicy));

        List<Prediction> pods = Predictions.of(node);
        List<Row> rows = new ArrayList<>(rows(pods, ""));
        List<Prediction> seen = Predictions.seen(node);
        letRun(seen);
        rows.addAll(rows(seen, Predictions.SEEN));
        // The same pods where the API server keeps the mode of an emptyDir.
        plane.restartApiServerWith("--feature-gates=EmptyDirVolumeMode=true");
        site.awaitReady();
        rows.addAll(rows(
                pods.stream()
                        .filter(pod -> pod.image().equals(Predictions.STICKY))
                        .map(pod -> pod.known(pod.known() + "; the cluster's gate `EmptyDirVolumeMode` is on"))
                        .toList(),
                "gate"));

        String table = rows.stream()
                .map(Row::line)
                .collect(Collectors.joining(
                        "",
                        "| image | what is known of it | `starts` | on the node | how |\n|---|---|---|---|---|\n",
                        ""));
        System.out.println(table);
        assertThat(rows).as(table).noneMatch(Row::isMispredicted);
        assertThat(rows)
                .as(table)
                .allSatisfy(row -> assertThat(row.starts())
                        .as(row.pod().image() + ", " + row.pod().known())
                        .isEqualTo(row.pod().starts()));
        Golden.section(PAGE, "predictions", table);
        if (Golden.isUpdating()) {
            // Not compared: Debian's packages move on.
            Golden.section(PAGE, "the run", "The run was with " + node.versions() + ".\n");
        }
    }

    private boolean isCoveredByItsPolicy(String namespace) {
        return plane.kubectlWith(
                        "{apiVersion: v1, kind: Pod, metadata: {name: wait, namespace: " + namespace
                                + "}, spec: {containers: [{name: a, image: 'localhost/wait:1'}]}}",
                        "create",
                        "--dry-run=server",
                        "-o",
                        "json",
                        "-f",
                        "-")
                .out()
                .contains("\"runAsUser\"");
    }

    /** Creates all of them before it looks at one, so that they start side by side. */
    private List<Row> rows(List<Prediction> pods, String suffix) throws IOException {
        Map<String, Prediction> byName = new LinkedHashMap<>();
        for (Prediction pod : pods) {
            byName.put("case" + byName.size() + suffix, pod);
        }
        // What runs in the cluster the command line does not see.
        Map<String, JsonNode> said = suffix.equals(Predictions.SEEN) ? Map.of() : check(byName);
        Map<String, Run> applied = new LinkedHashMap<>();
        Map<String, String> starts = new LinkedHashMap<>();
        for (Map.Entry<String, Prediction> pod : byName.entrySet()) {
            node.importImage(pod.getValue().content().named(pod.getValue().reference(pod.getKey())));
            Run run = apply(pod.getValue().manifest(pod.getKey()));
            applied.put(pod.getKey(), run);
            starts.put(pod.getKey(), starts(run));
            if (said.containsKey(pod.getKey())) {
                assertThat(starts.get(pod.getKey()))
                        .as(pod.getValue().image() + ", " + pod.getValue().known()
                                + ": check, and the warnings at apply: " + run.err())
                        .isEqualTo(said.get(pod.getKey()).path("starts").asText());
            }
        }
        List<Row> rows = new ArrayList<>();
        for (Map.Entry<String, Prediction> pod : byName.entrySet()) {
            Outcome outcome = applied.get(pod.getKey()).exitCode() == 0
                    ? await(pod.getKey(), pod.getValue())
                    : new Outcome(false, "it is denied");
            rows.add(new Row(pod.getValue(), starts.get(pod.getKey()), outcome));
        }
        return rows;
    }

    /** Where the API server has just been restarted, the Service may have no endpoints for a moment. */
    private Run apply(String manifest) {
        List<Run> runs = new ArrayList<>();
        ControlPlane.await("an answer of the webhook", () -> {
            runs.add(plane.kubectlWith(manifest, "apply", "-f", "-"));
            return !runs.get(runs.size() - 1).err().contains("failed calling webhook");
        });
        return runs.get(runs.size() - 1);
    }

    /** What the webhook says at {@code kubectl apply}, in the words of {@code docs/images.md}. */
    private static String starts(Run applied) {
        if (applied.exitCode() != 0) {
            assertThat(applied.err()).contains("Bulkhead refuses");
            return "no";
        }
        List<String> notes = applied.err()
                .lines()
                .filter(line -> line.startsWith("Warning: bulkhead: "))
                .filter(line -> !line.contains(" keeps what it writes to "))
                .toList();
        if (notes.stream().anyMatch(note -> note.contains(" will not start"))) {
            return "no";
        }
        return notes.isEmpty() ? "yes" : "unknown";
    }

    /** Runs the images where nothing is hardened, until the webhook knows what Bulkhead learns from that. */
    private void letRun(List<Prediction> pods) throws IOException {
        for (Prediction pod : pods) {
            node.importImage(pod.content().named(pod.reference()));
            String name = pod.reference().replaceAll("localhost/|:1", "");
            plane.apply("{apiVersion: v1, kind: Pod, metadata: {name: " + name + ", namespace: kube-system}, spec: "
                    + "{terminationGracePeriodSeconds: 0, containers: [{name: a, image: '" + pod.reference()
                    + "', imagePullPolicy: Never}]}}");
        }
        ControlPlane.await(
                "what the webhook learns from what runs",
                PATIENCE,
                () -> pods.stream()
                        .map(pod -> plane.kubectlWith(
                                pod.manifest("wait"), "create", "--dry-run=server", "-o", "name", "-f", "-"))
                        .noneMatch(run -> run.err().contains("starts only if")));
    }

    /** What {@code check -o json} says of each, before any of them is created. */
    private Map<String, JsonNode> check(Map<String, Prediction> pods) throws IOException {
        Run run = check("never", pods);
        assertThat(run.exitCode()).as(run.err()).isZero();
        Map<String, JsonNode> said = StreamSupport.stream(
                        JSON.readTree(run.out()).path("workloads").spliterator(), false)
                .collect(Collectors.toMap(workload -> workload.path("name").asText(), workload -> workload));
        Map<String, Prediction> quiet = new LinkedHashMap<>(pods);
        quiet.keySet()
                .removeIf(name -> said.get(name).path("verdict").asText().equals("denied")
                        || !said.get(name).path("notes").isEmpty());
        assertThat(check("note", quiet).exitCode())
                .as("without a note a build passes")
                .isZero();
        assertThat(quiet.keySet())
                .as("without a note a pod starts")
                .allMatch(name -> said.get(name).path("starts").asText().equals("yes"));
        return said;
    }

    private Run check(String failOn, Map<String, Prediction> pods) throws IOException {
        Path policies = Files.writeString(directory.resolve("policies.yaml"), Predictions.POLICIES);
        String manifests = pods.entrySet().stream()
                .map(pod -> pod.getValue().manifest(pod.getKey()))
                .collect(Collectors.joining("---\n"));
        return Processes.run(
                Map.of(),
                manifests,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("target", "quarkus-app", "quarkus-run.jar").toString(),
                "check",
                "-o",
                "json",
                "--fail-on",
                failOn,
                "--policy",
                policies.toString(),
                "-f",
                "-");
    }

    private Outcome await(String name, Prediction pod) {
        List<Outcome> outcomes = new ArrayList<>();
        ControlPlane.await("what becomes of " + name + ": " + pod.image() + ", " + pod.known(), PATIENCE, () -> {
            outcome(pod.namespace(), name).ifPresent(outcomes::add);
            return !outcomes.isEmpty();
        });
        plane.kubectl("-n", pod.namespace(), "delete", "pod", name, "--wait=false");
        return outcomes.get(0);
    }

    /** What became of a pod, as soon as that is certain. */
    private Optional<Outcome> outcome(String namespace, String name) {
        JsonNode container = plane.get("-n", namespace, "pod", name).at("/status/containerStatuses/0");
        JsonNode state = container.path("state");
        if (state.has("terminated")) {
            String log = plane.kubectl("-n", namespace, "logs", name).out().strip();
            String said =
                    log.isEmpty() ? failure(state.at("/terminated/message").asText()) : log;
            return Optional.of(new Outcome(
                    false, "ends with " + state.at("/terminated/exitCode").asInt() + ": " + said));
        }
        if (state.has("running")
                && plane.kubectl("-n", namespace, "logs", name).out().contains(Predictions.STARTED)) {
            JsonNode user = container.at("/user/linux");
            return Optional.of(new Outcome(
                    true,
                    "runs as " + user.path("uid").asText() + ":"
                            + user.path("gid").asText()));
        }
        String reason = state.at("/waiting/reason").asText();
        if (reason.endsWith("Error") || reason.startsWith("ErrImage")) {
            return Optional.of(new Outcome(
                    false, reason + ": " + failure(state.at("/waiting/message").asText())));
        }
        return Optional.empty();
    }

    /** What the kubelet says of a failure, without what is different in every run. */
    private static String failure(String message) {
        return message.replaceAll(" \\(pod: .*", "").replaceAll("(?s).*unable to start container process: ", "");
    }
}
