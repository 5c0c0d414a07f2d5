import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckPodsTest {
    @TempDir
    private Path folder;

    @Test
    void printsVerdictFindingsAndPatch() throws IOException {
        Path pod = folder.resolve("pod.json");
        Files.writeString(
                pod,
                """
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [
                  {"name": "web", "image": "nginxinc/nginx-unprivileged", "securityContext": {"privileged": true}}]}}
                """);
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            CheckPods.main(new String[] {pod.toString()});
        } finally {
            System.setOut(before);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .startsWith("Pod web: DENIED\n")
                .contains("  /spec/containers/0/securityContext/privileged: container \"web\" must not set"
                        + " securityContext.privileged=true\n")
                .contains("  patch: [", "\"path\":\"/spec/securityContext\"");
    }
}
