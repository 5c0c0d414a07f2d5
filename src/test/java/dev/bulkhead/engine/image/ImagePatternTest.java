package dev.bulkhead.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImagePatternTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            nginx, nginx, true
            nginx, nginx:1.29, true
            nginx, nginx-unprivileged, false
            nginx, quay.io/library/nginx, false
            nginx*, nginx:1.29, true
            nginx*, docker.io/library/nginx-exporter, true
            docker.io/library/nginx*, nginx:1.29, true
            nginx:1.*, nginx:1.29, true
            nginx:1.*, nginx:2, false
            nginx:1.*, nginx, false
            docker.io/library/*, redis, true
            docker.io/library/*, grafana/grafana, false
            docker.io/*, grafana/grafana, true
            '*/grafana', grafana/grafana:12, true
            '*', anything/at:all, true
            registry.acme.io/*/web:*-slim, registry.acme.io/team/web:1-slim, true
            registry.acme.io/*/web:*-slim, registry.acme.io/team/web:1, false
            acme/web:1, acme/web, false
            """)
    void matchesRepositoriesWithOrWithoutTag(String pattern, String image, boolean matches) {
        assertThat(ImagePattern.parse(pattern)
                        .orElseThrow()
                        .matches(ImageReference.parse(image).orElseThrow()))
                .isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Nginx", "nginx:", "a b", "**", "nginx:1:2"})
    void takesNothingThatNoReferenceIsLike(String pattern) {
        assertThat(ImagePattern.parse(pattern)).isEmpty();
    }

    @Property
    void agreesWithARegularExpression(
            @ForAll @StringLength(min = 1, max = 8) @Chars({'a', 'b', '*'}) String end,
            @ForAll @StringLength(min = 1, max = 10) @CharRange(from = 'a', to = 'b') String name) {
        ImagePattern.parse("r.io/" + end).ifPresent(pattern -> {
            String expression = Pattern.quote("r.io/" + end).replace("*", "\\E.*\\Q");
            assertThat(pattern.matches(ImageReference.parse("r.io/" + name).orElseThrow()))
                    .isEqualTo(("r.io/" + name).matches(expression));
        });
    }
}
