package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Golden;
import dev.bulkhead.e2e.InstalledOnNode.Site;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The application of {@code docs/driftwood} runs at each step at which it is admitted, with the image that the page names
 * for a try: Debian's nginx, configured as in that image to write to {@code /tmp} only.
 */
@Tag("image")
@ExtendWith(InstalledOnNode.class)
class DriftwoodOnNodeIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Path FOLDER = Path.of("docs", "driftwood");
    private static final Pattern REPLACEMENT = Pattern.compile("sed 's\\|(\\S+)\\|(\\S+)\\|' docs/driftwood/");

    /** All but the last, which asks for gVisor: this node has none. */
    private static final List<String> STEPS = List.of(
            "0-worst-case",
            "1-host",
            "2-identity",
            "3-capabilities",
            "4-confinement",
            "5-read-only-root",
            "6-no-escalation",
            "7-secrets",
            "8-user-namespace",
            "careless");

    private static final String CONFIGURATION = """
            pid /tmp/nginx.pid;
            events {}
            http {
                include /etc/nginx/mime.types;
                access_log /dev/stdout;
                client_body_temp_path /tmp/client_temp;
                proxy_temp_path /tmp/proxy_temp;
                fastcgi_temp_path /tmp/fastcgi_temp;
                uwsgi_temp_path /tmp/uwsgi_temp;
                scgi_temp_path /tmp/scgi_temp;
                server { listen 8080; root /usr/share/nginx/html; }
            }
            """;

    private final Node node;
    private final ControlPlane plane;

    DriftwoodOnNodeIT(Site site) {
        this.node = site.node();
        this.plane = node.plane();
    }

    @Test
    void runsAtEachStepAtWhichItIsAdmitted() throws IOException {
        Matcher replacement = replacement();
        node.importImage(node.nginx()
                .file("etc/nginx/nginx.conf", 0644, CONFIGURATION.getBytes(StandardCharsets.UTF_8))
                .named(replacement.group(2))
                .withUser("101")
                .running("/usr/sbin/nginx", "-e", "stderr", "-g", "daemon off;"));

        // Each in a namespace of its own, so that they start side by side.
        List<String> admitted = new ArrayList<>();
        for (String step : STEPS) {
            plane.apply("{apiVersion: v1, kind: Namespace, metadata: {name: " + namespace(step) + "}}");
            String manifest = Files.readString(FOLDER.resolve(step + ".yaml"));
            assertThat(manifest).contains(replacement.group(1));
            Run applied = plane.kubectlWith(
                    manifest.replace(replacement.group(1), replacement.group(2))
                            .replace("namespace: driftwood", "namespace: " + namespace(step)),
                    "apply",
                    "-f",
                    "-");
            if (applied.exitCode() == 0) {
                admitted.add(step);
            } else {
                assertThat(applied.err()).contains("Bulkhead refuses Deployment \"web\"");
            }
        }

        assertThat(admitted).containsExactlyElementsOf(STEPS.subList(2, STEPS.size()));
        for (String step : admitted) {
            try {
                ControlPlane.await(
                        step, PATIENCE, () -> available(step) == 2 && page(step).contains("Welcome to nginx!"));
            } catch (AssertionError e) {
                throw new AssertionError(
                        e.getMessage() + "\n"
                                + plane.kubectl("-n", namespace(step), "describe", "pods")
                                        .out()
                                + plane.kubectl("-n", namespace(step), "logs", "deployment/web")
                                        .said(),
                        e);
            }
        }
        assertThat(inside("7-secrets", "cat", "/run/secrets/db/password")).isEqualTo("replace-me");
        assertThat(inside("7-secrets", "cat", "/proc/self/uid_map"))
                .as("users of the host")
                .startsWith("0 0 ");
        assertThat(inside("8-user-namespace", "cat", "/proc/self/uid_map"))
                .as("users of its own")
                .matches("0 [1-9][0-9]+ 65536");
    }

    /** Which image the page has a reader put into the place of the application's. */
    private static Matcher replacement() {
        String lines = String.join("\n", Golden.lines(FOLDER.resolve("README.md"), "try"));
        Matcher replacement = REPLACEMENT.matcher(lines);
        assertThat(replacement.find()).as(lines).isTrue();
        return replacement;
    }

    private static String namespace(String step) {
        return "driftwood-" + step;
    }

    private int available(String step) {
        JsonNode deployment = plane.get("-n", namespace(step), "deployment", "web");
        return deployment.at("/status/availableReplicas").asInt();
    }

    /** The page that a replica serves. */
    private String page(String step) {
        String pod = plane.get("-n", namespace(step), "pods")
                .at("/items/0/metadata/name")
                .asText();
        Run run = plane.kubectl(
                "get", "--raw", "/api/v1/namespaces/" + namespace(step) + "/pods/" + pod + ":8080/proxy/");
        return run.said();
    }

    private String inside(String step, String... command) {
        List<String> args = new ArrayList<>(List.of("-n", namespace(step), "exec", "deployment/web", "--"));
        args.addAll(List.of(command));
        Run run = plane.kubectl(args.toArray(String[]::new));
        assertThat(run.exitCode()).as(step + ": " + run.said()).isZero();
        return run.out().strip().replaceAll("\\s+", " ");
    }
}
