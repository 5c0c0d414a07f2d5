package dev.bulkhead.app.admission.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReviewReaderTest {
    private static JsonNode read(String json) throws IOException {
        return ReviewReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"a\":[1,-2.5e3,9007199254740993,123456789012345678901234567890,true,false,null,\"ä\\n\"]}",
                "{\"a\":[-0,0,-1,10,2147483647,2147483648,9223372036854775807,9223372036854775808,0.1,1E-9]}",
                "{ \"\\u0061\\\"\\\\\\/\\b\\f\\n\\r\\t\" : \"\\ud83d\\ude00 😀 \\u00e4ä\" }",
                "\n{\t\"securityContext\":\r{\"securityContexT\":1,\"securityContex\":2,\"Spec\":[ ]}}\n",
                "{\"a\":{\"b\":{\"c\":[]},\"d\":[{},[[]]]},\"e\":\"\"}"
            })
    void readsWhatJacksonReads(String json) throws IOException {
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
    void rejectsWhatIsDeeper() {
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
    void rejectsWhatIsNotOneObject(String json) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1 2]",
                "[1,]",
                "[,1]",
                "[x]",
                "[01]",
                "[-]",
                "[1.]",
                "[1e400]",
                "[tru]",
                "[+1]",
                "[1:2]",
                "[\"\\x\"]",
                "[\"\\u12g4\"]",
                "[\"\u0001\"]",
                "[\"\n\"]",
                "[\"a]",
                "[\"\\\"]",
                "[[]",
                "[}",
                "{]",
                "{1:1}",
                "{a:1}",
                "{\"a\"}",
                "{\"a\" 1}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":1 \"b\":1}",
                "{,}",
                "[/**/]",
                "[\u00a0]"
            })
    void refusesWhatIsNoJsonThoughItIsSkipped(String skipped) {
        for (String json : List.of(
                "{\"metadata\":{\"managedFields\":" + skipped + "}}",
                "{\"metadata\":{\"managedFields\":{\"a\":[{\"b\":" + skipped + "}]}}}",
                "{\"object\":{\"status\":[" + skipped + "]}}")) {
            assertThatThrownBy(() -> read(json)).as(json).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                " [ ] ",
                "{}",
                " { \"a\" : [ ] , \"a\" : 1 } ",
                "[[],[[]],{\"a\":{}},[{}]]",
                "[1,-0,1.5e-3,true,false,null,\"\\ud83d\\ude00 \u20ac\\u0041\\\"\"]"
            })
    void skipsWhatIsJson(String skipped) throws IOException {
        assertThat(read("{\"metadata\":{\"managedFields\":" + skipped + ",\"name\":\"a\"}}")
                        .toString())
                .isEqualTo("{\"metadata\":{\"name\":\"a\"}}");
    }

    @Test
    void skipsAsDeepAsTheApiServerReads() throws IOException {
        for (int levels : new int[] {63, 64, 65, 9_998}) {
            String lists = "[".repeat(levels) + "]".repeat(levels);
            String objects = "{\"a\":".repeat(levels) + "1" + "}".repeat(levels);
            for (String deep : List.of(lists, objects)) {
                assertThat(read("{\"metadata\":{\"managedFields\":" + deep + "}}")
                                .toString())
                        .isEqualTo("{\"metadata\":{}}");
            }
        }
        for (String open : List.of("[", "{\"a\":")) {
            assertThatThrownBy(() -> read("{\"metadata\":{\"managedFields\":" + open.repeat(9_999) + "1"))
                    .hasMessageContaining("more than 10000 levels");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "null", "\"a\""})
    void refusesWhatIsSkippedAfterAValueOfItsName(String first) {
        assertThatThrownBy(() -> read("{\"metadata\":{\"managedFields\":" + first + ",\"managedFields\":[1]}}"))
                .hasMessageContaining("a duplicate member");
    }

    /** The API server takes half a pair for what it takes bytes for that are no UTF-8. */
    @ParameterizedTest
    @CsvSource({
        "\\ud83d, \ufffd",
        "\\ude00, \ufffd",
        "\\ude00\\ud83d, \ufffd\ufffd",
        "\\ud83dx\\ude00, \ufffdx\ufffd",
        "\\ud83d\\ud83d\\ude00\\ude00, \ufffd\ud83d\ude00\ufffd",
        "\\ud83d\ud83d\ude00, \ufffd\ud83d\ude00",
        "a\\uDBFF\\uDFFFb, a\udbff\udfffb"
    })
    void replacesSingleSurrogates(String text, String read) throws IOException {
        assertThat(read("{\"" + text + "\":\"" + text + "\"}").properties())
                .singleElement()
                .satisfies(member -> {
                    assertThat(member.getKey()).isEqualTo(read);
                    assertThat(member.getValue().textValue()).isEqualTo(read);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e400", "-1e400", "1.8e308", "1e99999999999", "9e308"})
    void refusesNumbersOutOfRange(String number) throws IOException {
        assertThatThrownBy(() -> read("{\"a\":" + number + "}")).hasMessageContaining("out of range");
        assertThatThrownBy(() -> read("{\"metadata\":{\"managedFields\":[" + number + "]}}"))
                .hasMessageContaining("out of range");
        assertThatThrownBy(() -> read("{\"a\":" + "9".repeat(309) + "}")).hasMessageContaining("out of range");
        assertThat(read("{\"a\":" + "9".repeat(308) + "}").path("a").isBigInteger())
                .isTrue();
    }

    @Test
    void rejectsInvalidUtf8() {
        for (int[] bytes : new int[][] {{0xff}, {0xc0, 0x80}, {0xed, 0xa0, 0x80}, {0xe4}, {0xf4, 0x90, 0x80, 0x80}}) {
            ByteArrayOutputStream json = new ByteArrayOutputStream();
            json.writeBytes("{\"a\":\"x".getBytes(StandardCharsets.UTF_8));
            for (int b : bytes) {
                json.write(b);
            }
            json.writeBytes("\"}".getBytes(StandardCharsets.UTF_8));

            assertThatThrownBy(() -> ReviewReader.read(json.toByteArray())).isInstanceOf(IOException.class);

            ByteArrayOutputStream skipped = new ByteArrayOutputStream();
            skipped.writeBytes("{\"metadata\":{\"managedFields\":[".getBytes(StandardCharsets.UTF_8));
            skipped.write(json.toByteArray(), 0, json.size());
            skipped.writeBytes("]}}".getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> ReviewReader.read(skipped.toByteArray())).hasMessageContaining("not UTF-8");
        }
    }

    @Test
    void refusesNumbersThatTakeLongToConvert() {
        String digits = "9".repeat(5_000_000);

        assertThatThrownBy(() -> read("{\"a\":" + digits + "}")).hasMessageContaining("more than 400 characters");
        assertThatThrownBy(() -> read("{\"a\":0." + digits + "}")).hasMessageContaining("more than 400 characters");
        assertThatThrownBy(() -> read("{\"metadata\":{\"managedFields\":[" + digits + "]}}"))
                .hasMessageContaining("more than 400 characters");
    }

    @Test
    void skipsWhatNoRuleReads() throws IOException {
        assertThat(
                        read("{\"request\":{\"options\":{\"a\":\"}\"},\"userInfo\":{\"groups\":[\"\\\"]\"],\"username\":\"j\"},"
                                        + "\"object\":{\"status\":{\"b\":[[{}]]},\"spec\":{\"containers\":[{\"name\":\"c\","
                                        + "\"resources\":{\"limits\":{}}}],\"tolerations\":[1]}}}}")
                                .toString())
                .isEqualTo("{\"request\":{\"userInfo\":{\"username\":\"j\"},"
                        + "\"object\":{\"spec\":{\"containers\":[{\"name\":\"c\"}]}}}}");
    }

    @Property(tries = 20_000)
    void readsAsJacksonDoes(@ForAll("documents") byte[] document) throws IOException {
        ReaderAgreement.check(document, ReaderAgreement.byJackson(document));
    }

    @Provide
    Arbitrary<byte[]> documents() {
        return Arbitraries.randoms().map(JsonDocuments::any);
    }
}
