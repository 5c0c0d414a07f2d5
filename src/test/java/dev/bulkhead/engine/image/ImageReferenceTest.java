package dev.bulkhead.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
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

    /** The grammar, by which the reader without regular expressions is checked. */
    private static boolean isReference(String repository, Optional<String> tag, Optional<String> digest) {
        return repository.matches("[A-Za-z0-9.\\[\\]:-]+(/[a-z0-9._-]+)+")
                && tag.map(text -> text.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"))
                        .orElse(true)
                && digest.map(text -> text.matches("[A-Za-z][A-Za-z0-9+._-]*:[0-9A-Fa-f]{32,}"))
                        .orElse(true);
    }

    @Property(tries = 20_000)
    void takesWhatTheGrammarDoes(@ForAll("pieces") List<String> pieces) {
        String text = String.join("", pieces);
        int at = text.indexOf('@');
        Optional<String> digest = at < 0 ? Optional.empty() : Optional.of(text.substring(at + 1));
        String name = at < 0 ? text : text.substring(0, at);
        int colon = name.lastIndexOf(':');
        boolean tagged = colon > name.lastIndexOf('/');
        Optional<String> tag = tagged ? Optional.of(name.substring(colon + 1)) : Optional.empty();
        String repository = ImageReference.withRegistry(tagged ? name.substring(0, colon) : name);

        assertThat(ImageReference.parse(text))
                .isEqualTo(
                        isReference(repository, tag, digest)
                                ? Optional.of(new ImageReference(repository, tag, digest))
                                : Optional.empty());
    }

    @Provide
    Arbitrary<List<String>> pieces() {
        return Arbitraries.of(
                        "a",
                        "Z",
                        "9",
                        "_",
                        "-",
                        ".",
                        "/",
                        ":",
                        "[",
                        "]",
                        "@",
                        "+",
                        " ",
                        "\n",
                        "\u00e9",
                        "web",
                        "docker.io/",
                        "localhost",
                        "sha256:",
                        "0123456789abcdef",
                        "0123456789ABCDEF",
                        "t".repeat(127))
                .list()
                .ofMaxSize(8);
    }
}
