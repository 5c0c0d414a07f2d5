package dev.bulkhead.app.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.app.admission.json.ReviewReader;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that no API server sends, or that users make it send; the ids are those of {@code docs/threat-model.md}. */
class BadJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String UID = "5d6b1c1e-9c0a-4c58-8f0e-2f4f6d0c7a11";

    private static final String SAFE_CONTAINER = "{\"name\":\"web\",\"image\":\"web:1\",\"securityContext\":{"
            + "\"allowPrivilegeEscalation\":false,\"readOnlyRootFilesystem\":true,"
            + "\"capabilities\":{\"drop\":[\"ALL\"]}}%s}";
    private static final String SAFE_SPEC = "{\"securityContext\":{\"runAsNonRoot\":true,\"seccompProfile\":"
            + "{\"type\":\"RuntimeDefault\"}},\"containers\":[" + SAFE_CONTAINER + "]%s}";

    private final AdmissionReviewHandler reviews = AdmissionReviewHandler.by(
            WorkloadKinds.builtIn(), ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR), Clock.systemUTC());

    /** A review of a pod that is acceptable but for what is added to its container, its spec, its metadata. */
    private static String review(String inContainer, String inSpec, String inMetadata) {
        return request(
                "CREATE",
                ",\"object\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"web\"" + inMetadata
                        + "},\"spec\":" + String.format(SAFE_SPEC, inContainer, inSpec) + "}");
    }

    private static String request(String operation, String more) {
        return "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"" + UID
                + "\",\"kind\":{\"group\":\"\",\"version\":\"v1\",\"kind\":\"Pod\"},\"operation\":\"" + operation
                + "\",\"namespace\":\"driftwood\"" + more + "}}";
    }

    private Answer answer(Path path, byte[] body) {
        return reviews.answer(path, body, () -> PolicySet.of(Profile.LEAST_PRIVILEGE));
    }

    private void assertAllowed(String review) {
        assertThat(response(Path.VALIDATE, review.getBytes(UTF_8))
                        .path("allowed")
                        .booleanValue())
                .as(abbreviated(review))
                .isTrue();
    }

    /** Denied by validation with a message; left alone by mutation. */
    private String assertInvalid(byte[] review) {
        JsonNode mutation = response(Path.MUTATE, review);
        assertThat(mutation.path("allowed").booleanValue()).isTrue();
        assertThat(mutation.has("patch")).isFalse();
        JsonNode validation = response(Path.VALIDATE, review);
        assertThat(validation.path("allowed").booleanValue())
                .as(abbreviated(new String(review, UTF_8)))
                .isFalse();
        assertThat(validation.path("uid").asText()).isEqualTo(UID);
        assertThat(validation.at("/status/code").intValue()).isEqualTo(403);
        String message = validation.at("/status/message").asText();
        assertThat(message)
                .startsWith("Bulkhead cannot evaluate this object: ")
                .doesNotContain("Exception", "dev.bulkhead", "reference");
        return message;
    }

    private String assertInvalid(String review) {
        return assertInvalid(review.getBytes(UTF_8));
    }

    private JsonNode response(Path path, byte[] review) {
        Answer answer = answer(path, review);
        assertThat(answer.status()).isEqualTo(200);
        try {
            return JSON.readTree(answer.body()).path("response");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String abbreviated(String text) {
        return text.length() < 1_000 ? text : text.substring(0, 1_000) + "…";
    }

    @Test
    @DisplayName("The unmodified review is admitted")
    void acceptsTheUnchangedReview() {
        assertAllowed(review("", "", ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 999, 1_001, 9_000})
    @DisplayName("IN-01 nesting up to the API server's limit is accepted, in read and in skipped fields")
    void readsDeepNesting(int levels) {
        String deep = "[".repeat(levels) + "]".repeat(levels);

        assertAllowed(review(",\"x\":" + deep, ",\"y\":" + deep, ",\"managedFields\":" + deep));
    }

    @ParameterizedTest
    @ValueSource(ints = {10_001, 100_000, 1_000_000})
    @DisplayName("IN-01 deeper nesting is denied, in read and in skipped fields")
    void deniesDeeperNesting(int levels) {
        String lists = "[".repeat(levels) + "]".repeat(levels);
        String objects = "{\"a\":".repeat(levels) + "1" + "}".repeat(levels);
        for (String deep : List.of(lists, objects)) {
            assertThat(assertInvalid(review("", ",\"y\":" + deep, ""))).contains("more than 10000 levels");
            assertThat(assertInvalid(review("", "", ",\"managedFields\":" + deep)))
                    .contains("more than 10000 levels");
            assertInvalid(review("", ",\"y\":" + deep.substring(0, levels), ""));
        }
    }

    @Test
    @DisplayName("IN-01 more values than any legal review has are denied before they take memory")
    void deniesTooManyValues() {
        String values = "0,".repeat(ReviewReader.MAX_VALUES) + "0";

        assertThat(assertInvalid(review("", ",\"y\":[" + values + "]", ""))).contains("more than 1000000 values");
        assertAllowed(review("", ",\"y\":[" + values.substring(0, 2 * ReviewReader.MAX_VALUES - 2_001) + "]", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e300", "-1e300", "1e-400", "0.1", "123456789012345678901234567890"})
    @DisplayName("IN-02 integers out of range are denied")
    void deniesNumbersOutOfRange(String number) {
        assertThat(assertInvalid(review("", ",\"securityContext\":{\"runAsUser\":" + number + "}", "")
                        .replaceFirst("\"securityContext\":\\{\"runAsNonRoot\":true,[^}]*}},", "")))
                .contains("runAsUser: expected a whole number");
    }

    @Test
    @DisplayName("IN-02 numbers of millions of digits are denied without being converted")
    void deniesEndlessNumbers() {
        for (String number : List.of("9".repeat(10_000_000), "0." + "1".repeat(10_000_000), "1e" + "9".repeat(1_000))) {
            assertThat(assertInvalid(review("", ",\"priority\":" + number, "")))
                    .contains("a number of more than 400 characters");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x10", "01", "+1", ".5", "1.", "NaN", "Infinity", "1_000", "١"})
    @DisplayName("IN-02 invalid JSON numbers are denied")
    void deniesMalformedNumbers(String number) {
        assertInvalid(review("", ",\"priority\":" + number, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u003c", "\\u0000", "😀", "\\ud83d\\ude00", "\\\\", "<"})
    @DisplayName("IN-03 huge strings are read, whatever they contain")
    void readsHugeTexts(String unit) {
        String huge = unit.repeat((3 << 20) / unit.length());

        assertAllowed(review(",\"args\":[\"" + huge + "\"]", "", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"hostNetwork\":true,\"hostNetwork\":false",
                ",\"hostNetwork\":false,\"hostNetwork\":true",
                ",\"hostNetwork\":true,\"host\\u004eetwork\":false",
                ",\"containers\":[]"
            })
    @DisplayName("IN-04 duplicate keys are denied, in any order and spelling")
    void deniesDuplicateKeys(String twice) {
        assertThat(assertInvalid(review("", twice, ""))).contains("duplicate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HostNetwork", "HOSTNETWORK", "hostnetwork", "hostNetwork ", "host_network"})
    @DisplayName("IN-05 keys are case-sensitive, as in the API server")
    void keysAreExact(String key) {
        assertAllowed(review("", ",\"" + key + "\":true", ""));
        assertThat(response(
                                Path.VALIDATE,
                                review("", ",\"hostNetwork\":true", "").getBytes(UTF_8))
                        .path("allowed")
                        .booleanValue())
                .isFalse();
    }

    static Stream<byte[]> textsThatAreNoUtf8() {
        return Stream.of(
                new byte[] {(byte) 0xff},
                new byte[] {(byte) 0xc0, (byte) 0xaf},
                new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                new byte[] {(byte) 0xe2, (byte) 0x82},
                new byte[] {(byte) 0xf5, (byte) 0x80, (byte) 0x80, (byte) 0x80});
    }

    @ParameterizedTest
    @MethodSource("textsThatAreNoUtf8")
    @DisplayName("IN-06 invalid UTF-8 is denied, including overlong forms and lone surrogates")
    void deniesInvalidUtf8(byte[] bytes) {
        String text = review(",\"command\":[\"" + new String(bytes, StandardCharsets.ISO_8859_1) + "\"]", "", "");

        assertThat(assertInvalid(text.getBytes(StandardCharsets.ISO_8859_1))).contains("not UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"volumes\":[{\"name\":\"a\",\"hostPath\":{\"path\":\"/var/run/docker\ufffd.sock\"}}]",
                "\"initContainers\":[{\"name\":\"i\",\"image\":\"a\\ufffdb\"}]",
                "\"runtimeClassName\":\"gvisor\ufffd\"",
                "\"ephemeralContainers\":[{\"name\":\"d\ufffd\"}]"
            })
    @DisplayName("IN-06 a text that the API server could not decode is denied where a rule reads it")
    void deniesReplacementsWhereRulesRead(String inSpec) {
        assertThat(assertInvalid(review("", "," + inSpec, ""))).contains("U+FFFD");
        assertAllowed(review(",\"args\":[\"\ufffd\"],\"env\":[{\"name\":\"A\",\"value\":\"\ufffd\"}]", "", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32", "UTF-8"})
    @DisplayName("IN-07 byte order marks and other encodings are denied")
    void deniesOtherEncodings(String encoding) {
        String marked = (encoding.equals("UTF-8") ? "\ufeff" : "") + review("", "", "");

        assertInvalid(marked.getBytes(Charset.forName(encoding)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "x", "\u0000", "]", "}", ",", "\u00a0", "\"", "//", "#"})
    @DisplayName("IN-07 trailing content is denied")
    void deniesTrailingContent(String more) {
        assertInvalid(review("", "", "") + more);
        assertAllowed("\n\t " + review("", "", "") + " \r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":null}",
                "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":[]}",
                "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":7}}",
                "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":null}}",
                "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"response\":{\"uid\":\"x\"}}",
                "{\"kind\":\"admissionreview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"x\"}}",
                "{\"kind\":[],\"apiVersion\":{},\"request\":{\"uid\":\"x\"}}"
            })
    @DisplayName("IN-18 a review without a uid is answered with 400")
    void rejectsReviewsWithoutUid(String body) {
        for (Path path : Path.values()) {
            assertThat(answer(path, body.getBytes(UTF_8)).status()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"operation\":7",
                ",\"name\":{}",
                ",\"namespace\":[]",
                ",\"userInfo\":\"jane\"",
                ",\"object\":\"pod\"",
                ",\"object\":[]",
                ",\"object\":null",
                ",\"subResource\":false",
                ""
            })
    @DisplayName("IN-18 request fields of the wrong type are denied")
    void deniesMisshapenRequests(String more) {
        String base = request("CREATE", more);
        assertInvalid(
                more.contains("operation") || more.contains("namespace")
                        ? base.replaceFirst("\"operation\":\"CREATE\",\"namespace\":\"driftwood\"", "\"x\":1")
                        : base);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"object\":null,\"oldObject\":null",
                ",\"oldObject\":{}",
                ",\"object\":{\"spec\":{\"containers\":[{\"name\":\"a\",\"securityContext\":{\"privileged\":true}}]}},"
                        + "\"oldObject\":7",
                ",\"object\":{\"spec\":{\"containers\":[{\"name\":\"a\",\"securityContext\":{\"privileged\":true}}]}},"
                        + "\"oldObject\":{\"spec\":{\"containers\":{}}}",
                ",\"object\":{\"spec\":{\"containers\":[{\"name\":\"a\",\"securityContext\":{\"privileged\":true}}]}}"
            })
    @DisplayName("IN-26 an old object that is missing or wrong exempts nothing")
    void oldObjectDoesNotExemptAnything(String objects) {
        byte[] update = request("UPDATE", objects).getBytes(UTF_8);

        assertThat(response(Path.VALIDATE, update).path("allowed").booleanValue())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "CONNECT"})
    @DisplayName("IN-26 DELETE and CONNECT need no object")
    void deletionsNeedNoObject(String operation) {
        for (String object :
                List.of("", ",\"object\":null", ",\"object\":{\"kind\":\"PodExecOptions\",\"stdin\":true}")) {
            assertAllowed(request(operation, object));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"name\":null,\"generateName\":\"web-\"",
                "\"name\":\"\"",
                "\"labels\":{\"ключ\":\"значение\"},\"annotations\":{\"a\":\"\u202e\ud83d\ude00\"}",
                "\"labels\":null,\"annotations\":null,\"ownerReferences\":null"
            })
    @DisplayName("IN-27 names may be missing, long or in any script")
    void acceptsAnyName(String metadata) {
        assertAllowed(review("", "", "," + metadata)
                .replace("\"name\":\"web\",\"name\"", "\"name\"")
                .replace("\"metadata\":{\"name\":\"web\",\"generateName\"", "\"metadata\":{\"generateName\""));
        assertAllowed(review("", "", "").replace("\"name\":\"web\"", "\"name\":\"" + "w".repeat(253) + "\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Driftwood", "a b", "*", "a.b", "-a", "../a"})
    @DisplayName("impossible namespace names are denied before any lookup")
    void deniesImpossibleNamespaces(String name) {
        String quoted = TextNode.valueOf(name).toString();
        for (String wrong : List.of(quoted, "\"" + "n".repeat(64) + "\"", "\"" + "n".repeat(200_000) + "\"")) {
            assertInvalid(review("", "", "").replace("\"namespace\":\"driftwood\"", "\"namespace\":" + wrong));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"annotations\":{\"kubernetes.io/config.mirror\":\"x\",\"kubernetes.io/config.source\":\"file\"}",
                ",\"annotations\":{\"bulkhead.dev/hardened\":\"privileged\"}",
                ",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"finalizers\":[\"a\"]",
                ",\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"n\",\"controller\":true}]",
                ",\"labels\":{\"bulkhead.dev/profile\":\"privileged\",\"bulkhead.dev/mode\":\"audit\"}",
                ",\"namespace\":\"kube-system\""
            })
    @DisplayName("IN-28 no metadata of an object exempts it")
    void objectsCannotExemptThemselves(String metadata) {
        for (String user : List.of("system:admin", "system:node:n", "system:serviceaccount:kube-system:x")) {
            String review = review(",\"x\":1", ",\"hostPID\":true", metadata)
                    .replace(
                            ",\"namespace\":\"driftwood\"",
                            ",\"namespace\":\"driftwood\",\"userInfo\":{\"username\":\"" + user
                                    + "\",\"groups\":[\"system:masters\"]}");

            assertThat(response(Path.VALIDATE, review.getBytes(UTF_8))
                            .path("allowed")
                            .booleanValue())
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"hostNetwork\":\"true\"",
                ",\"hostPID\":0",
                ",\"hostPID\":1",
                ",\"volumes\":{}",
                ",\"volumes\":[7]",
                ",\"volumes\":[{\"name\":\"a\",\"hostPath\":{\"path\":[\"/\"]}}]",
                ",\"initContainers\":[null]",
                ",\"initContainers\":\"none\"",
                ",\"os\":[]"
            })
    @DisplayName("IN-36 values of the wrong type are denied, not converted")
    void deniesOtherTypes(String inSpec) {
        assertThat(assertInvalid(review("", inSpec, ""))).contains("expected");
    }

    @Test
    @DisplayName("IN-36 null is absent")
    void nullIsAbsent() {
        assertAllowed(review(
                ",\"env\":null,\"ports\":null", ",\"hostPID\":null,\"volumes\":null,\"initContainers\":null", ""));
    }

    @Test
    @DisplayName("IN-37 an unknown volume type is denied")
    void deniesUnknownVolumeTypes() {
        byte[] review = review("", ",\"volumes\":[{\"name\":\"a\",\"hologram\":{\"path\":\"/\"}}]", "")
                .getBytes(UTF_8);

        assertThat(response(Path.VALIDATE, review).at("/status/message").asText())
                .contains("restrictedVolumes");
    }

    @Test
    @DisplayName("IN-40 no value of an environment variable reaches responses or logs, whatever else is wrong")
    void neverRepeatsValues() {
        String env = ",\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"canary-4711\"}]";
        for (String spoilt : List.of(
                review(env, ",\"hostPID\":true", ""),
                review(env + ",\"ports\":\"canary-4711\"", "", ""),
                review(env, "", "") + "canary-4711",
                review(env, ",\"x\":canary-4711", ""),
                review(env, ",\"x\":\"canary-4711", ""))) {
            for (Path path : Path.values()) {
                assertThat(new String(answer(path, spoilt.getBytes(UTF_8)).body(), UTF_8))
                        .doesNotContain("canary");
            }
        }
    }
}
