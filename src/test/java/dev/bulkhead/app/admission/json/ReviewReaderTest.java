package dev.bulkhead.app.admission.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReviewReaderTest {
    private static com.fasterxml.jackson.databind.JsonNode read(String json) throws IOException {
        return ReviewReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"a\":[1,-2.5e3,9007199254740993,123456789012345678901234567890,true,false,null,\"ä\\n\"]}",
                "{\"a\":[-0,0,-1,10,2147483647,2147483648,9223372036854775807,9223372036854775808,1e400,0.1,1E-9]}",
                "{ \"\\u0061\\\"\\\\\\/\\b\\f\\n\\r\\t\" : \"\\ud83d\\ude00 😀 \\u00e4ä\" }",
                "\n{\t\"securityContext\":\r{\"securityContexT\":1,\"securityContex\":2,\"Spec\":[ ]}}\n",
                "{\"a\":{\"b\":{\"c\":[]},\"d\":[{},[[]]]},\"e\":\"\"}"
            })
    void readsWhatTheUsualReaderReads(String json) throws IOException {
        assertThat(read(json).toString())
                .isEqualTo(new ObjectMapper().readTree(json).toString());
    }

    @Test
    void leavesOutManagedFieldsOfMetadataAlone() throws IOException {
        assertThat(read("{\"metadata\":{\"name\":\"a\",\"managedFields\":[{\"x\":[1]}],\"uid\":\"u\"},"
                                + "\"managedFields\":[1],\"spec\":{\"managedFields\":{\"y\":2}}}")
                        .toString())
                .isEqualTo("{\"metadata\":{\"name\":\"a\",\"uid\":\"u\"},"
                        + "\"managedFields\":[1],\"spec\":{\"managedFields\":{\"y\":2}}}");
    }

    @Test
    void readsAsDeepAsTheApiServerDoes() throws IOException {
        String deep = "{\"a\":" + "[".repeat(9_998) + "]".repeat(9_998) + "}";

        assertThat(read(deep).path("a").isArray()).isTrue();
    }

    @Test
    void refusesWhatIsDeeper() {
        String deeper = "{\"a\":" + "[".repeat(10_001) + "]".repeat(10_001) + "}";

        assertThatThrownBy(() -> read(deeper)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1 2]",
                "{\"a\" 1}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":1e}",
                "{\"a\":--1}",
                "{\"a\":0x1}",
                "{\"a\":tru}",
                "{\"a\":truex}",
                "{\"a\":nul",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\u0001\"}",
                "{\"a\u0001\":1}",
                "{\"a\":\"",
                "{\"a\":[1,]}",
                "{,}",
                "{\"a\":[}",
                "{\"a\":{]}",
                "{\"a\":1]",
                "{\"a\":1,\"\\u0061\":1}",
                "{\"metadata\":{\"managedFields\":[{]}}}",
                "{\"metadata\":{\"managedFields\":[\"}}",
                "",
                "[]",
                "1",
                "{",
                "{} {}",
                "{}x",
                "{\"a\":1,\"a\":1}",
                "{\"a\":NaN}",
                "{'a':1}",
                "{\"a\":1,}"
            })
    void refusesWhatIsNotOneObject(String json) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(IOException.class);
    }

    @Test
    void refusesTextThatIsNoUtf8() {
        for (int[] bytes : new int[][] {{0xff}, {0xc0, 0x80}, {0xed, 0xa0, 0x80}, {0xe4}, {0xf4, 0x90, 0x80, 0x80}}) {
            ByteArrayOutputStream json = new ByteArrayOutputStream();
            json.writeBytes("{\"a\":\"x".getBytes(StandardCharsets.UTF_8));
            for (int b : bytes) {
                json.write(b);
            }
            json.writeBytes("\"}".getBytes(StandardCharsets.UTF_8));

            assertThatThrownBy(() -> ReviewReader.read(json.toByteArray())).isInstanceOf(IOException.class);
        }
    }

    @Test
    void refusesNumbersThatTakeLongToConvert() {
        String digits = "9".repeat(5_000_000);

        assertThatThrownBy(() -> read("{\"a\":" + digits + "}")).hasMessageContaining("more than 400 characters");
        assertThatThrownBy(() -> read("{\"a\":0." + digits + "}")).hasMessageContaining("more than 400 characters");
    }

    @Test
    void passesOverWhatNoRuleReads() throws IOException {
        assertThat(
                        read("{\"request\":{\"options\":{\"a\":\"}\"},\"userInfo\":{\"groups\":[\"\\\"]\"],\"username\":\"j\"},"
                                        + "\"object\":{\"status\":{\"b\":[[{}]]},\"spec\":{\"containers\":[{\"name\":\"c\","
                                        + "\"resources\":{\"limits\":{}}}],\"tolerations\":[1]}}}}")
                                .toString())
                .isEqualTo("{\"request\":{\"userInfo\":{\"username\":\"j\"},"
                        + "\"object\":{\"spec\":{\"containers\":[{\"name\":\"c\"}]}}}}");
    }

    /** Whatever is done to a document, both read the same in it or both nothing. */
    @Property(tries = 20_000)
    void readsDamagedJsonAsTheUsualReaderDoes(
            @ForAll @IntRange(max = 5) int document,
            @ForAll @Size(max = 4) List<@IntRange(max = 100_000) Integer> places,
            @ForAll @Size(min = 4, max = 4) List<@IntRange(max = 255) Integer> values)
            throws IOException {
        byte[] bytes = DOCUMENTS.get(document).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < places.size(); i++) {
            int value = values.get(i);
            // Half of the damage is made of what JSON is made of.
            bytes[places.get(i) % bytes.length] =
                    (byte) (value < 128 ? "{}[]\",:\\ut0-1.eE \n".charAt(value % 18) : value);
        }

        Optional<JsonNode> usual = usual(bytes);

        assertThat(ours(bytes)).isEqualTo(usual);
    }

    private static final List<String> DOCUMENTS = List.of(
            "{}",
            "{\"a\":[1,-2.5e3,90071992547409931,true,false,null,\"ä\\n\\u0041\\ud83d\\ude00\"],\"b\":{\"c\":[],\"d\":{}}}",
            "{\"name\":\"web\",\"image\":\"a\",\"ports\":[{\"containerPort\":8080}],\"x\\ty\":0,\"é\":\"😀\"}",
            " { \"a\" : [ 0 , 1 , 12345678901 , 0.5 , 1e5 ] , \"b\" : \"\\\\ \\\" \\/\" } ",
            "{\"securityContext\":{\"privileged\":true,\"capabilities\":{\"drop\":[\"ALL\"],\"add\":null}}}",
            "{\"a\":{\"a\":{\"a\":[[[[\"\"]]]]}},\"aa\":\"a\",\"aaa\":-0}");

    private static Optional<JsonNode> ours(byte[] bytes) {
        try {
            return Optional.of(ReviewReader.read(bytes));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<JsonNode> usual(byte[] bytes) {
        try {
            // The usual reader guesses other encodings from the first bytes.
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            JsonNode tree = USUAL.readTree(text);
            return Optional.of(tree).filter(JsonNode::isObject);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static final ObjectMapper USUAL = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
}
