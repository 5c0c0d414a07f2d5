package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.e2e.InstalledOnNode.Site;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Whether a pod that Bulkhead admits starts, for images that stand for the classes there are: what is predicted beside
 * what the kubelet and the container say. The table is written to {@code target/predictions.md}.
 */
@Tag("image")
@ExtendWith(InstalledOnNode.class)
class PredictionIT {
    private static final Path TABLE = Path.of("target", "predictions.md");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String STARTED = "started";
    private static final String WAIT = "echo " + STARTED + "; sleep 2147483647";
    private static final String POLICY = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: with-user}
            spec:
              match: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: with-user}}}
              profile: least-privilege
              user: {id: 10001}
            """;

    private final Node node;
    private final ControlPlane plane;

    PredictionIT(Site site) {
        this.node = site.node();
        this.plane = node.plane();
    }

    /** An image, and the namespace whose policy its pod comes under. */
    private record Case(String title, String namespace, TestImage image) {}

    /** Whether a pod starts, and what there is to say about it. */
    private record Outcome(boolean starts, String reason) {
        String label() {
            return starts ? "starts" : "does not start";
        }
    }

    /** A case whose pod was created, by what kubectl wrote. */
    private record Applied(Case tried, String name, Run run) {}

    /** One case and what came of it. */
    private record Row(Case tried, String warnings, Outcome predicted, Outcome actual) {
        boolean isMispredicted() {
            return predicted.starts() != actual.starts();
        }

        String line() {
            return "| %s | %s | %s | %s | %s | %s |"
                    .formatted(
                            tried.title(),
                            tried.namespace().equals("with-user") ? "`user: {id: 10001}`" : "built-in",
                            cell(warnings),
                            predicted.label(),
                            actual.label(),
                            cell(actual.reason()));
        }

        private static String cell(String text) {
            return text.strip().replace("|", "\\|").replace("\n", "<br>");
        }
    }

    private List<Case> cases() throws IOException {
        TestImage any = node.busybox();
        TestImage root = any.running("sh", "-c", WAIT);
        TestImage named = root.withUser("app");
        TestImage numeric = any.withUser("1000");
        return List.of(
                new Case("root", "default", root),
                new Case("root", "with-user", root),
                new Case("a named user", "default", named),
                new Case("a named user", "with-user", named),
                new Case("a numeric user", "default", numeric.running("sh", "-c", WAIT)),
                new Case(
                        "writes to /tmp", "default", numeric.running("sh", "-c", "touch /tmp/file || exit 1; " + WAIT)),
                new Case(
                        "writes to a directory of its own",
                        "default",
                        numeric.directory("data", 0755, 1000)
                                .running("sh", "-c", "touch /data/file || exit 1; " + WAIT)),
                new Case(
                        "listens at port 80",
                        "default",
                        numeric.running("sh", "-c", "httpd -p 80 -h /etc || exit 1; " + WAIT)),
                new Case(
                        "wants the sticky bit of /tmp",
                        "default",
                        numeric.running(
                                "sh",
                                "-c",
                                "test -k /tmp || { echo /tmp is world-writable but not sticky; exit 1; }; " + WAIT)));
    }

    /**
     * What is expected of a pod as it was stored: it starts, unless the kubelet must refuse its image's user.
     *
     * @param image what its container runs
     * @param pod as hardening left it
     */
    private static Outcome predict(TestImage image, JsonNode pod) {
        boolean nonRoot = pod.at("/spec/securityContext/runAsNonRoot").asBoolean()
                || pod.at("/spec/containers/0/securityContext/runAsNonRoot").asBoolean();
        boolean hasUser = pod.at("/spec/securityContext").has("runAsUser")
                || pod.at("/spec/containers/0/securityContext").has("runAsUser");
        boolean root = List.of("", "0", "root").contains(image.user());
        return new Outcome(!nonRoot || hasUser || !root, "");
    }

    @Test
    void predictionsMatchOutcomes() throws IOException {
        plane.apply("{apiVersion: v1, kind: Namespace, metadata: {name: with-user}}");
        plane.apply(POLICY);
        ControlPlane.await(
                "the policy",
                () -> pods("with-user", "wait", "--dry-run=server", "-o", "json")
                        .contains("\"runAsUser\": 10001"));

        // All of them first, so that they start side by side.
        List<Applied> applied = new ArrayList<>();
        for (Case tried : cases()) {
            applied.add(apply(tried, "case" + applied.size()));
        }
        List<Row> rows = applied.stream().map(this::row).toList();

        String table = rows.stream().map(Row::line).collect(Collectors.joining("\n", """
                        | image | policy | Bulkhead says | predicted | it | because |
                        |---|---|---|---|---|---|
                        """, "\n"));
        Files.writeString(TABLE, table);
        System.out.println(table);
        assertThat(rows.stream()
                        .filter(Row::isMispredicted)
                        .map(row -> row.tried().title() + " in " + row.tried().namespace()))
                .as(table)
                .containsExactly(
                        "a named user in default",
                        "writes to a directory of its own in default",
                        "wants the sticky bit of /tmp in default");
    }

    private String pods(String namespace, String name, String... options) {
        List<String> all =
                new ArrayList<>(List.of("-n", namespace, "run", name, "--image=nginxinc/nginx-unprivileged"));
        all.addAll(List.of(options));
        return plane.kubectl(all.toArray(String[]::new)).out();
    }

    private Applied apply(Case tried, String name) throws IOException {
        TestImage image = tried.image().named("localhost/" + name + ":1");
        node.importImage(image);
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: %s}
                spec:
                  restartPolicy: Never
                  terminationGracePeriodSeconds: 0
                  containers: [{name: app, image: %s, imagePullPolicy: Never}]
                """.formatted(name, tried.namespace(), image.name());
        return new Applied(tried, name, plane.kubectlWith(pod, "apply", "-f", "-"));
    }

    private Row row(Applied applied) {
        Case tried = applied.tried();
        if (applied.run().exitCode() != 0) {
            Outcome denied = new Outcome(false, "denied");
            return new Row(tried, applied.run().err(), denied, denied);
        }
        Outcome predicted = predict(tried.image(), plane.get("-n", tried.namespace(), "pod", applied.name()));
        List<Outcome> outcomes = new ArrayList<>();
        ControlPlane.await("what becomes of " + tried.title(), PATIENCE, () -> {
            outcome(tried.namespace(), applied.name()).ifPresent(outcomes::add);
            return !outcomes.isEmpty();
        });
        plane.kubectl("-n", tried.namespace(), "delete", "pod", applied.name(), "--wait=false");
        return new Row(tried, applied.run().err(), predicted, outcomes.get(0));
    }

    /** What became of a pod, as soon as that is certain. */
    private Optional<Outcome> outcome(String namespace, String name) {
        JsonNode state = plane.get("-n", namespace, "pod", name).at("/status/containerStatuses/0/state");
        String log = plane.kubectl("-n", namespace, "logs", name).out().strip();
        if (state.has("terminated")) {
            return Optional.of(new Outcome(
                    false, "it ends with " + state.at("/terminated/exitCode").asInt() + ": " + log));
        }
        if (state.has("running") && log.contains(STARTED)) {
            return Optional.of(new Outcome(true, ""));
        }
        String reason = state.at("/waiting/reason").asText();
        if (reason.endsWith("Error") || reason.startsWith("ErrImage")) {
            String message = state.at("/waiting/message").asText().replaceAll(" \\(pod: .*", "");
            return Optional.of(new Outcome(false, reason + ": " + message));
        }
        return Optional.empty();
    }
}
