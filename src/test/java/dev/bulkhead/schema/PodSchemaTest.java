package dev.bulkhead.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

class PodSchemaTest {
    /** {@code e2e/schema} hands the document over, which is too large to keep. */
    @Test
    @EnabledIfSystemProperty(named = "schema.document", matches = ".+")
    void isWhatKubernetesPublishes() throws IOException {
        Path document = Path.of(System.getProperty("schema.document"));

        Golden.file(PodSchema.FILE, OpenApiDocument.reduce(document, System.getProperty("schema.version")));
    }

    @Test
    void isOfTheVersionThatTestsRunAgainst() throws IOException {
        assertThat(Files.readString(Path.of("e2e/controlplane/go.mod")))
                .as("run e2e/schema --update after another version was pinned")
                .contains("k8s.io/kubernetes " + PodSchema.load().version() + " ");
    }

    @Test
    void reachesEveryPartOfAPod() {
        assertThat(PodSchema.load().places().stream().map(PodSchema.Place::path))
                .contains(
                        "metadata.annotations{}",
                        "spec.containers[].securityContext.capabilities.add[]",
                        "spec.ephemeralContainers[].targetContainerName",
                        "spec.volumes[].projected.sources[].serviceAccountToken.audience")
                .doesNotHaveDuplicates();
    }
}
