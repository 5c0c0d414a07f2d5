package dev.bulkhead.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.engine.image.ImageKnowledge.Fact;
import dev.bulkhead.engine.image.ImageUser.UserId;
import dev.bulkhead.engine.text.TableFile;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownImagesTest {
    private static final TableFile.Source SOURCE = new TableFile.Source("s", "2026-11-24", "here");

    private static ImageKnowledge known(String image) {
        return KnownImages.LOOKUP
                .find(ImageReference.parse(image).orElseThrow())
                .orElseThrow();
    }

    @Test
    void knowsTheImagesThatMostClustersRun() {
        assertThat(KnownImages.all()).hasSizeGreaterThan(100);
        assertThat(known("nginx:1.29").user().map(Fact::value)).contains(new ImageUser.Root());
        assertThat(known("nginx").runsAs().map(Fact::value)).contains(new UserId(101, Optional.of(101L)));
        assertThat(known("nginx").writes()).containsExactly("/var/cache/nginx", "/run");
        assertThat(known("memcached").user().map(Fact::value))
                .contains(new ImageUser.Named("memcache", Optional.of(new UserId(11_211, Optional.of(11_211L)))));
        assertThat(known("grafana/grafana").user().map(Fact::value)).containsInstanceOf(ImageUser.Numeric.class);
        assertThat(known("logstash").paths().orElseThrow().value().shipsFilesIn())
                .containsExactly("/usr/share/logstash/config");
        assertThat(KnownImages.LOOKUP.find(ImageReference.parse("acme/web").orElseThrow()))
                .isEmpty();
    }

    @Test
    void everySourceIsAPageOfARepository() {
        assertThat(KnownImages.all())
                .allSatisfy(entry -> assertThat(entry.source().where()).startsWith("https://github.com/"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nginx root - - - -                 | expected a repository with its registry, found nginx
            docker.io/acme/web Root - - - -    | expected root, UID, UID:GID or NAME=UID:GID, found Root
            docker.io/acme/web 0 - - - -       | expected root, UID, UID:GID or NAME=UID:GID, found 0
            docker.io/acme/web app=x - - - -   | expected root, UID, UID:GID or NAME=UID:GID, found x
            docker.io/acme/web root 0 - - -    | expected root, UID, UID:GID or NAME=UID:GID, found 0
            docker.io/acme/web root - data - - | expected absolute paths, found data
            docker.io/acme/web root - - http - | expected a port, found http
            """)
    void wrongRowsStopTheProgramWithTheirPlace(String row, String problem) {
        assertThatThrownBy(() -> KnownImages.entry(new TableFile.Row("t:1", SOURCE, List.of(row.split(" +")))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("t:1: " + problem);
    }
}
