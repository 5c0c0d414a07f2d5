package dev.bulkhead.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
            strings = {"", "[]", "1", "{", "{} {}", "{}x", "{\"a\":1,\"a\":1}", "{\"a\":NaN}", "{'a':1}", "{\"a\":1,}"})
    void refusesWhatIsNotOneObject(String json) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(IOException.class);
    }
}
