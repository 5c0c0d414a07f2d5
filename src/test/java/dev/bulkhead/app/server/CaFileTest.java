package dev.bulkhead.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.certificate.KeyMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaFileTest {
    @TempDir
    Path folder;

    private static String bundle() {
        return KeyMaterial.create(List.of("bulkhead"), Clock.systemUTC()).bundle();
    }

    @Test
    void readsTheFileAnewEachTime() throws IOException {
        Path file = folder.resolve("ca.crt");
        CaFile ca = new CaFile(file);
        for (String bundle : List.of(bundle(), bundle())) {
            Files.writeString(file, bundle);

            assertThat(ca.read()).contains(bundle);
        }
    }

    @Test
    void logsOnlyWhatChanges() throws IOException {
        Path file = folder.resolve("ca.crt");
        CaFile ca = new CaFile(file);
        try (LogListener log = LogListener.to(CaFile.class.getName())) {
            assertThat(ca.read()).isEmpty();
            assertThat(ca.read()).isEmpty();
            assertThat(log.messages())
                    .containsExactly("no CA for the webhook configurations: " + file + ": no such file");

            Files.writeString(file, "nothing");
            assertThat(ca.read()).isEmpty();
            assertThat(ca.read()).isEmpty();
            assertThat(log.messages()).hasSize(2);

            Files.writeString(file, bundle());
            assertThat(ca.read()).isPresent();
            assertThat(ca.read()).isPresent();
            assertThat(log.messages())
                    .hasSize(3)
                    .last()
                    .isEqualTo(file + " can be read again; it holds 1 certificates");

            Files.delete(file);
            assertThat(ca.read()).isEmpty();
            assertThat(log.messages()).hasSize(4);
        }
    }
}
