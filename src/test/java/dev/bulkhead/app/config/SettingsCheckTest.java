package dev.bulkhead.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsCheckTest {
    /** No setting takes it but the paths that need not exist. */
    private static final String NONSENSE = "¿ no\u0007 ?";

    private static List<String> problems(Map<String, String> environment, Map<String, String> properties) {
        return new SettingsCheck(environment, properties, property -> "; did you mean another?").problems();
    }

    static Stream<String> settings() {
        return SettingsCheck.keys().stream()
                .filter(key -> !List.of("bulkhead.home", "bulkhead.tls.ca").contains(key));
    }

    @Test
    void knowsTheSettingsOfTheDocumentation() throws IOException {
        List<String> documented = Pattern.compile("(?m)^\\| `(bulkhead\\.[a-z.-]+)` \\|")
                .matcher(Files.readString(Path.of("docs/configuration.md")))
                .results()
                .map(row -> row.group(1))
                .sorted()
                .toList();

        assertThat(SettingsCheck.keys()).isEqualTo(documented);
    }

    @Test
    void findsNothingWrongWhereNothingIsSet() {
        assertThat(problems(Map.of(), Map.of())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void namesTheVariableWhatIsExpectedAndWhatWasFound(String key) {
        String variable = SettingsCheck.variable(key);

        assertThat(problems(Map.of(variable, NONSENSE), Map.of()))
                .singleElement()
                .asString()
                .startsWith(variable + ": expected ")
                .endsWith(", found \"¿ no\\u0007 ?\"")
                .doesNotContain("SRCFG", "java.", "quarkus");
    }

    @ParameterizedTest
    @MethodSource("settings")
    void namesThePropertyThatHidesTheVariable(String key) {
        assertThat(problems(Map.of(SettingsCheck.variable(key), "8"), Map.of(key, NONSENSE)))
                .singleElement()
                .asString()
                .startsWith(key + ": expected ");
    }

    @Test
    void namesAllProblemsAtOnce() {
        assertThat(problems(
                        Map.of("BULKHEAD_ADMISSION_MAX_BODY", "16 megabytes", "BULKHEAD_POLICY_MODE", "enforced"),
                        Map.of("bulkhead.admission.port", "84430")))
                .containsExactly(
                        "BULKHEAD_ADMISSION_MAX_BODY: expected a size, such as 512K or 32M, below 2G, found \"16 megabytes\"",
                        "bulkhead.admission.port: expected a port, from 0 to 65535, found \"84430\"",
                        "BULKHEAD_POLICY_MODE: expected audit, warn or enforce, found \"enforced\"");
    }

    @ParameterizedTest
    @CsvSource({
        "bulkhead.admission.port, -1",
        "bulkhead.admission.deadline, 0s",
        "bulkhead.admission.drain, -1s",
        "bulkhead.admission.max-connections, 0",
        "bulkhead.admission.max-body, 4G",
        "bulkhead.admission.max-body, ''",
        "bulkhead.api.enabled, maybe",
        "bulkhead.log.level, LOUD",
        "bulkhead.tracing.endpoint, localhost:4317",
        "bulkhead.exemptions.namespaces, 'team-a,Team B'",
        "bulkhead.policy.profile, restricted@1.30",
        "bulkhead.admission.port, ${nothing.here}",
    })
    void refusesWhatNoServerCanUse(String key, String value) {
        assertThat(problems(Map.of(), Map.of(key, value)))
                .singleElement()
                .asString()
                .startsWith(key + ": expected ");
    }

    @ParameterizedTest
    @CsvSource({
        "bulkhead.admission.port, 0",
        "bulkhead.admission.drain, 0s",
        "bulkhead.admission.drain, 95",
        "bulkhead.admission.max-body, 16M",
        "bulkhead.admission.max-buffered, ''",
        "bulkhead.admission.warm-up, 0",
        "bulkhead.api.enabled, TRUE",
        "bulkhead.api.host, '::1'",
        "bulkhead.contact, ''",
        "bulkhead.cluster.pod, bulkhead-6d5f8-x2v",
        "bulkhead.exemptions.max-duration, 90d",
        "bulkhead.exemptions.namespaces, 'platform,security'",
        "bulkhead.log.level, debug",
        "bulkhead.policy.files, 'docs/examples,docs/driftwood'",
        "bulkhead.policy.mode, Audit",
        "bulkhead.policy.profile, restricted@v1.30",
        "bulkhead.workloads.kinds, 'argoproj.io/Rollout=/spec/template?,example.dev/App=/spec/pod'",
    })
    void takesWhatTheServerTakes(String key, String value) {
        assertThat(problems(Map.of(SettingsCheck.variable(key), value), Map.of()))
                .isEmpty();
        assertThat(problems(Map.of(), Map.of(key, value))).isEmpty();
    }

    @Test
    void readsListsItemByItem() {
        assertThat(problems(
                        Map.of(), Map.of("bulkhead.policy.files[0]", "docs", "bulkhead.policy.files[1]", "no/such")))
                .containsExactly("bulkhead.policy.files: expected a file that can be read, found \"no/such\"");
    }

    /** Kubernetes itself sets variables that begin with {@code BULKHEAD_}. */
    @Test
    void ignoresUnknownVariablesAndReportsUnknownProperties() {
        assertThat(problems(
                        Map.of("BULKHEAD_SERVICE_HOST", "10.96.0.7", "BULKHEAD_PORT", "tcp://10.96.0.7:443"),
                        Map.of("bulkhead.admission.prot", "8443", "user.dir", "/")))
                .containsExactly("bulkhead.admission.prot: there is no such setting; did you mean another?");
    }
}
