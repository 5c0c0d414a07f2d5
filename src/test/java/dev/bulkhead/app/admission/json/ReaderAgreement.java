package dev.bulkhead.app.admission.json;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * That {@link ReviewReader} reads bytes as another reader does: what it reads, the other one reads to the same tree but
 * for what is skipped; what the other one reads and it refuses, it has a reason to, and the reason is true.
 */
final class ReaderAgreement {
    private static final StreamReadConstraints UNLIMITED = StreamReadConstraints.builder()
            .maxNestingDepth(10_000)
            .maxNumberLength(Integer.MAX_VALUE)
            .maxNameLength(Integer.MAX_VALUE)
            .maxStringLength(Integer.MAX_VALUE)
            .build();

    /** Of members with one name the last counts, as it does for Go. */
    private static final JsonMapper LENIENT = mapper().build();

    private static final JsonMapper STRICT =
            mapper().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private static final Pattern LONG_NUMBER = Pattern.compile("[-+.0-9eE]{401}");
    private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?([eE][-+]?\\d+)?");
    private static final Pattern ESCAPED_SURROGATE = Pattern.compile("\\\\u[dD][89a-fA-F]");

    /** In whatever way it is written. */
    private static final Pattern REPLACEMENT = Pattern.compile("\ufffd|\\\\u([fF]{3}[dD]|[dD][89a-fA-F])");

    private ReaderAgreement() {}

    private static JsonMapper.Builder mapper() {
        return JsonMapper.builder(
                        JsonFactory.builder().streamReadConstraints(UNLIMITED).build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /** What Jackson reads in those bytes, if they are UTF-8 and all numbers can be represented. */
    static Optional<JsonNode> byJackson(byte[] bytes) throws IOException {
        try {
            // Given bytes, it guesses other encodings from the first of them, and lets pass what is no UTF-8.
            return Optional.of(LENIENT.readTree(strictUtf8(bytes))).filter(tree -> !tree.isMissingNode());
        } catch (CharacterCodingException | JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** A tree in JSON that was written by a program. */
    static JsonNode written(String json) throws IOException {
        return LENIENT.readTree(json);
    }

    /** Fails unless what is read agrees with what the other reader reads, or that it refuses. */
    static void check(byte[] bytes, Optional<JsonNode> theirs) throws IOException {
        String document = "document " + Base64.getEncoder().encodeToString(bytes);
        ObjectNode ours;
        try {
            ours = ReviewReader.read(bytes);
        } catch (IOException e) {
            if (theirs.isPresent()) {
                assertThat(hasReason(String.valueOf(e.getMessage()), bytes, theirs.get()))
                        .as("%s was refused: %s", document, e.getMessage())
                        .isTrue();
            }
            return;
        }
        assertThat(theirs).as("what the other reader reads in %s", document).isPresent();
        assertSame(document, ours, theirs.get());
    }

    static boolean isRead(byte[] bytes) {
        try {
            ReviewReader.read(bytes);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean hasReason(String message, byte[] bytes, JsonNode theirs) {
        if (message.contains("is not UTF-8")) {
            return !isUtf8(bytes);
        }
        if (message.contains("a duplicate member")) {
            String text = new String(bytes, UTF_8);
            return ESCAPED_SURROGATE.matcher(text).find() || hasDuplicates(text);
        }
        if (message.contains("expected a JSON object")) {
            return !theirs.isObject();
        }
        if (message.contains("a number of more than 400 characters")) {
            return LONG_NUMBER.matcher(new String(bytes, UTF_8)).find();
        }
        if (message.contains("a text with U+FFFD")) {
            return REPLACEMENT.matcher(new String(bytes, UTF_8)).find();
        }
        return message.contains("a number out of range")
                && NUMBER.matcher(new String(bytes, UTF_8))
                        .results()
                        .anyMatch(number -> Double.isInfinite(Double.parseDouble(number.group())));
    }

    private static boolean hasDuplicates(String text) {
        try (JsonParser parser = STRICT.createParser(text)) {
            while (parser.nextToken() != null) {
                // Reads on.
            }
            return false;
        } catch (IOException e) {
            return String.valueOf(e.getMessage()).contains("Duplicate");
        }
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            strictUtf8(bytes);
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static String strictUtf8(byte[] bytes) throws CharacterCodingException {
        return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }

    /** What of theirs remains to be compared with ours, and the name of the member that it stands in. */
    private record Pair(JsonNode ours, JsonNode theirs, String name) {}

    private static void assertSame(String document, JsonNode ours, JsonNode theirs) {
        Deque<Pair> open = new ArrayDeque<>();
        open.push(new Pair(ours, theirs, ""));
        while (!open.isEmpty()) {
            Pair pair = open.pop();
            if (pair.ours().isObject() && pair.theirs().isObject()) {
                Map<String, JsonNode> members = read(pair);
                assertThat(pair.ours().fieldNames()).toIterable().as(document).hasSameElementsAs(members.keySet());
                members.forEach((name, value) -> open.push(new Pair(pair.ours().path(name), value, name)));
            } else if (pair.ours().isArray() && pair.theirs().isArray()) {
                assertThat(pair.ours()).as(document).hasSize(pair.theirs().size());
                for (int i = 0; i < pair.ours().size(); i++) {
                    open.push(new Pair(pair.ours().get(i), pair.theirs().get(i), pair.name()));
                }
            } else {
                assertThat(scalar(pair.ours())).as(document).isEqualTo(scalar(pair.theirs()));
            }
        }
    }

    private static Map<String, JsonNode> read(Pair pair) {
        Map<String, JsonNode> members = new LinkedHashMap<>();
        pair.theirs().properties().forEach(member -> {
            String name = paired(member.getKey());
            if (!member.getValue().isContainerNode() || !ReviewReader.isSkipped(pair.name(), name)) {
                members.put(name, member.getValue());
            }
        });
        return members;
    }

    private static Object scalar(JsonNode node) {
        if (node.isTextual()) {
            return paired(node.textValue());
        }
        // Go keeps whole numbers only if they fit into a long.
        return node.isBigInteger() ? DoubleNode.valueOf(node.doubleValue()) : node;
    }

    /** Jackson keeps single surrogates, Go does not. */
    private static String paired(String text) {
        return new String(text.getBytes(UTF_16BE), UTF_16BE);
    }
}
