package dev.bulkhead.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            nginx, docker.io/library/nginx
            nginx:1.29, docker.io/library/nginx:1.29
            grafana/grafana, docker.io/grafana/grafana
            docker.io/nginx, docker.io/library/nginx
            index.docker.io/library/nginx, docker.io/library/nginx
            quay.io/prometheus/prometheus:v3, quay.io/prometheus/prometheus:v3
            localhost/web, localhost/web
            localhost:5000/web, localhost:5000/web
            registry:5000/team/web:1, registry:5000/team/web:1
            10.0.0.1:5000/web, 10.0.0.1:5000/web
            a.b/c/d/e:x, a.b/c/d/e:x
            """)
    void resolvesAsRuntimesDo(String written, String whole) {
        assertThat(ImageReference.parse(written)).hasToString("Optional[" + whole + "]");
    }

    @Test
    void tellsTagsFromPortsAndDigests() {
        String digest = "sha256:" + "a".repeat(64);
        ImageReference image =
                ImageReference.parse("registry:5000/web:1@" + digest).orElseThrow();

        assertThat(image.repository()).isEqualTo("registry:5000/web");
        assertThat(image.tag()).contains("1");
        assertThat(image.digest()).contains(digest);
        assertThat(ImageReference.parse("registry:5000/web").orElseThrow().tag())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "@",
                "Nginx",
                "nginx:",
                "nginx:a b",
                "nginx@sha256:1",
                "a//b",
                "nginx:1:2",
                "web\n",
                "http://x/y",
                "docker.io/"
            })
    void takesNothingThatARuntimeWouldRefuse(String written) {
        assertThat(ImageReference.parse(written)).isEmpty();
    }

    @Test
    void readsNoEndlessTexts() {
        assertThat(ImageReference.parse("a".repeat(2_000_000))).isEmpty();
    }
}
