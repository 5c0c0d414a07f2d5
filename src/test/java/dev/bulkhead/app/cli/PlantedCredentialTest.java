package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.cli.Cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong where a credential stands in a manifest or a review, nothing quotes it. */
class PlantedCredentialTest {
    private static final String CREDENTIAL = "Pl4ntedCr3dential";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X",
                "\"X",
                "'X",
                "*X",
                "&X",
                "&X X",
                "!X",
                "!X X",
                "!!X",
                "!!X X",
                "!!int X",
                "!!binary X~",
                "!<X> X",
                "%X",
                "@X",
                "`X",
                "X: X",
                "[X",
                "[X}",
                "{X",
                "{X: [}",
                "\"\\X\"",
                "\"X\\q\"",
                "\"\\xX\"",
                "|X",
                ">X",
                "|2X",
                "- X",
                "\tX",
                "\"X\" X",
                "'X' 'X'",
                "? X",
                "[X]",
                "{a: X}",
                "{a: X, a: X}",
                "\"X\\ud83d\"",
                "\"X\n---",
                "\"X\u0007\"",
                "\u0007X",
                "X\u0001",
                "#X\n   - X",
                "X\n  X: X\n X"
            })
    void checkDoesNotQuoteIt(String shape) throws IOException {
        String value = shape.replace("X", CREDENTIAL);
        String manifest = """
                apiVersion: v1
                kind: Pod
                metadata: {name: web}
                spec:
                  containers:
                    - name: web
                      image: a
                      env:
                        - name: DB_PASSWORD
                          value: %s
                """.formatted(value);

        for (String output : new String[] {"table", "json"}) {
            Run run = Cli.run("check", "-o", output, "-f", file("pod.yaml", manifest));

            assertThat(run.out() + run.err()).isNotEmpty().doesNotContain(CREDENTIAL);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"X\"",
                "X",
                "\"X",
                "'X'",
                "\"\\X\"",
                "\"\\uX\"",
                "[\"X\"]",
                "{\"a\":\"X\"}",
                "{\"a\":\"X\",\"a\":\"X\"}",
                "\"X\" \"X\"",
                "\"X\n\"",
                "\"X\u0001\"",
                "-X",
                "12X",
                "1.X",
                "1eX",
                "nullX",
                "tX",
                "NaNX",
                "+X",
                "/*X*/",
                "\"X\"}",
                "\"X\",",
                "\"X\\ud83d\"",
                "\"X\"//X",
                "#X"
            })
    void neitherReviewNorCheckQuotesItInJson(String shape) throws IOException {
        String pod = """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[
                {"name":"web","image":"a","env":[{"name":"DB_PASSWORD","value":%s}]}]}}""".formatted(shape.replace("X", CREDENTIAL));
        String review = """
                {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","operation":"CREATE",
                "kind":{"group":"","version":"v1","kind":"Pod"},"namespace":"shop","object":%s}}""".formatted(pod);

        Run check = Cli.run("check", "-f", file("pod.json", pod));
        Run validated = Cli.alone().reading(review).go("review");
        Run mutated = Cli.alone().reading(review).go("review", "--mutate");

        assertThat(check.out() + check.err()).isNotEmpty().doesNotContain(CREDENTIAL);
        assertThat(validated.out() + validated.err()).isNotEmpty().doesNotContain(CREDENTIAL);
        assertThat(mutated.out() + mutated.err()).isNotEmpty().doesNotContain(CREDENTIAL);
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content).toString();
    }
}
