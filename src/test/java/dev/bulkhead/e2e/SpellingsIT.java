package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.manifest.Document;
import dev.bulkhead.manifest.DocumentReader;
import dev.bulkhead.manifest.ManifestProblem;
import dev.bulkhead.manifest.ReadResult;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Odd spellings of YAML, sent to a real API server and read by Bulkhead: what both read they read alike. The API server
 * reads YAML with the library that kubectl uses.
 */
@ExtendWith(ControlPlaneCondition.class)
class SpellingsIT {
    private static final Path SPELLINGS = Path.of("src/test/resources/spellings/spellings.txt");
    private static final String HEAD = "apiVersion: odd.example/v1\nkind: Spelling\nmetadata: {name: odd}\n";
    private static final int VARIANTS = 1_500;

    /** Where Bulkhead reads on and the API server does not. Nothing else can be meant there. */
    private static final Pattern MORE_LENIENT = Pattern.compile("(?s).*(tab character|unknown escape character"
            + "|unknown directive name|did not find expected ',' or '[}\\]]'|character that cannot start any token).*");

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path directory;

    private static ControlPlane plane;
    private static HttpClient client;

    @BeforeAll
    static void start() throws IOException {
        plane = ControlPlane.start(Installed.programs(), directory);
        client = Load.client(plane);
        plane.apply("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: spellings.odd.example}
                spec:
                  group: odd.example
                  names: {kind: Spelling, plural: spellings}
                  scope: Cluster
                  versions:
                    - name: v1
                      served: true
                      storage: true
                      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                """);
        ControlPlane.await(
                "the kind", () -> plane.kubectl("get", "spellings.odd.example").exitCode() == 0);
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    /** What the API server makes of a text: the object, or why it cannot be read. */
    private record Answer(Optional<JsonNode> object, String message) {}

    private static Answer apiServer(String text) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(plane.url() + "/apis/odd.example/v1/spellings?dryRun=All&fieldValidation=Ignore"))
                .header("Authorization", "Bearer " + ControlPlane.ADMIN)
                .header("Content-Type", "application/yaml")
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(text))
                .build();
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode json = JSON.readTree(answer.body());
            return answer.statusCode() == 201
                    ? new Answer(Optional.of(json), "")
                    : new Answer(Optional.empty(), json.path("message").asText());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> spellings() throws IOException {
        Map<String, String> spellings = new LinkedHashMap<>();
        for (String each : Pattern.compile("(?m)^== ").split(Files.readString(SPELLINGS), -1)) {
            int end = each.indexOf('\n');
            if (end > 0) {
                spellings.put(each.substring(0, end), each.substring(end + 1));
            }
        }
        return spellings;
    }

    private static String whole(String spelling) {
        return spelling.startsWith("%")
                ? spelling.replaceFirst("---\n", "---\n" + HEAD)
                : spelling.startsWith("  ") ? HEAD.indent(2) + spelling : HEAD + spelling;
    }

    /** Without what the API server adds and what it keeps of metadata. */
    private static JsonNode bare(JsonNode object) {
        ObjectNode bare = object.deepCopy();
        bare.remove("metadata");
        return normal(bare);
    }

    /** With numbers that are equal written alike: 1.0 and 1, 9.2E18 and 9200000000000000000. */
    private static JsonNode normal(JsonNode node) {
        if (node.isNumber()) {
            return JSON.getNodeFactory().textNode("number " + node.doubleValue());
        }
        if (node instanceof ObjectNode object) {
            ObjectNode normal = JSON.createObjectNode();
            object.properties().forEach(member -> normal.set(member.getKey(), normal(member.getValue())));
            return normal;
        }
        if (node instanceof ArrayNode list) {
            ArrayNode normal = JSON.createArrayNode();
            list.forEach(item -> normal.add(normal(item)));
            return normal;
        }
        return node;
    }

    @Test
    void whatTheApiServerReadsIsReadAlike() throws IOException {
        Map<String, String> different = new LinkedHashMap<>();
        spellings().forEach((name, spelling) -> {
            String text = whole(spelling);
            List<ReadResult> read = new DocumentReader().read("odd.yaml", text.getBytes(StandardCharsets.UTF_8));
            Answer answer = apiServer(text);
            if (read.size() != 1) {
                different.put(name, "read " + read.size() + " documents");
            } else if (read.get(0) instanceof Document document) {
                JsonNode here = bare(document.root());
                Optional<JsonNode> there = answer.object().map(SpellingsIT::bare);
                if (!there.equals(Optional.of(here))) {
                    different.put(name, "the API server reads " + there + answer.message() + ", Bulkhead " + here);
                }
            } else if (read.get(0) instanceof ManifestProblem problem
                    && answer.object().isPresent()) {
                different.put(name, "the API server reads it, to Bulkhead: " + problem.describe());
            }
        });

        assertThat(different).isEmpty();
    }

    @Test
    void whatIsMistypedIsReadAlikeOrRejectedWithAReason() throws IOException {
        List<String> seeds = List.copyOf(spellings().values());
        Random random = new Random(20_261_127);
        List<String> different = new ArrayList<>();
        List<String> tooStrict = new ArrayList<>();
        int alike = 0;
        for (int round = 0; round < VARIANTS; round++) {
            String text = whole(mistyped(seeds.get(random.nextInt(seeds.size())), random));
            List<ReadResult> read = new DocumentReader().read("odd.yaml", text.getBytes(StandardCharsets.UTF_8));
            if (read.size() != 1) {
                continue;
            }
            Answer answer = apiServer(text);
            boolean readable = !answer.message().contains("yaml");
            if (read.get(0) instanceof Document document) {
                if (answer.object().isPresent()) {
                    JsonNode here = bare(document.root());
                    JsonNode there = bare(answer.object().get());
                    if (here.equals(there)) {
                        alike++;
                    } else {
                        different.add(text + "\n=> the API server reads " + there + ", Bulkhead " + here);
                    }
                } else if (!readable && !MORE_LENIENT.matcher(answer.message()).matches()) {
                    different.add(text + "\n=> only Bulkhead reads it: " + answer.message());
                }
            } else if (read.get(0) instanceof ManifestProblem problem
                    && answer.object().isPresent()) {
                assertThat(problem.line()).as(text).isPositive();
                tooStrict.add(problem.describe());
            }
        }

        assertThat(different).isEmpty();
        assertThat(alike).isGreaterThan(VARIANTS / 4);
        assertThat(tooStrict).as("what only the API server reads").hasSizeLessThan(VARIANTS / 50);
    }

    private static String mistyped(String text, Random random) {
        String mistyped = text;
        for (int i = 0; i <= random.nextInt(3); i++) {
            mistyped = once(mistyped, random);
        }
        return mistyped;
    }

    private static String once(String text, Random random) {
        List<String> tokens = List.of(
                " ",
                "  ",
                "\t",
                "\n",
                "- ",
                ": ",
                "|\n",
                ">-\n",
                "|+\n",
                "# x",
                "\"",
                "'",
                "!!str ",
                "!x ",
                "&a ",
                "*a",
                "<<: ",
                "? ",
                "{",
                "}",
                "[",
                "]",
                ",",
                "\r\n",
                "~",
                "yes",
                "0o7",
                "1e3",
                "!!binary ",
                "\\",
                "!!string ");
        int at = random.nextInt(text.length() + 1);
        List<String> lines = new ArrayList<>(List.of(text.split("(?<=\n)", -1)));
        int line = random.nextInt(lines.size());
        return switch (random.nextInt(6)) {
            case 0 -> text.substring(0, at) + tokens.get(random.nextInt(tokens.size())) + text.substring(at);
            case 1 -> text.substring(0, at) + text.substring(Math.min(text.length(), at + 1 + random.nextInt(3)));
            case 2 -> {
                lines.add(random.nextInt(lines.size() + 1), lines.get(line));
                yield String.join("", lines);
            }
            case 3 -> with(lines, line, (random.nextBoolean() ? " " : "  ") + lines.get(line));
            case 4 -> with(lines, line, lines.get(line).replaceFirst("^ ", "").replaceFirst(": ", ":\t"));
            default -> with(lines, line, "");
        };
    }

    private static String with(List<String> lines, int number, String line) {
        lines.set(number, line);
        return String.join("", lines);
    }
}
