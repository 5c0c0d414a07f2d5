package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.PodSecurityLevel;
import dev.bulkhead.engine.rule.PodSecurityVersion;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Agrees with recorded verdicts of Pod Security Admission itself, to the last text, where the recording is at hand. */
class PodSecurityOracleTest {
    private static final Path RECORDING = Path.of("../shared/oracle/pod-security-verdicts.jsonl.gz");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void agreesWithEveryRecordedVerdictAndText() throws IOException {
        assumeTrue(Files.exists(RECORDING), "no recording of Pod Security Admission's verdicts on this machine");
        List<String> disagreements = new ArrayList<>();
        int evaluated = 0;
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(RECORDING)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode recorded = JSON.readTree(line);
                Pod pod = Pod.in(Field.root(recorded.get("pod")));
                for (JsonNode run : recorded.get("verdicts")) {
                    for (int minor = minor(run, "from"); minor <= minor(run, "to"); minor++) {
                        evaluated++;
                        compare(recorded.path("id").asText(), pod, run, minor).ifPresent(disagreements::add);
                    }
                }
            }
        }
        assertThat(evaluated).isEqualTo(813 * 38 * 2);
        assertThat(disagreements).isEmpty();
    }

    private static int minor(JsonNode run, String bound) {
        return Integer.parseInt(run.path(bound).asText().substring("v1.".length()));
    }

    private static Optional<String> compare(String id, Pod pod, JsonNode run, int minor) {
        PodSecurityLevel level =
                PodSecurityLevel.valueOf(run.path("level").asText().toUpperCase(Locale.ROOT));
        List<PodSummary> descriptions = new ArrayList<>();
        RuleContext context =
                new RuleContext(RuleSettings.DEFAULT, ClusterCapabilities.offline(minor), Optional.empty());
        for (RuleRegistry.InForce check : RuleRegistry.podSecurity(level, PodSecurityVersion.of(minor))) {
            List<Finding> findings = new ArrayList<>();
            check.revision().check().run(pod, context, findings::add);
            if (!findings.isEmpty()) {
                descriptions.add(check.rule().describe(findings));
            }
        }
        String reason = descriptions.stream().map(PodSummary::reason).collect(Collectors.joining(", "));
        String detail = descriptions.stream().map(PodSummary::sentence).collect(Collectors.joining(", "));
        boolean agrees = descriptions.isEmpty() == run.path("allowed").booleanValue()
                && reason.equals(run.path("reason").asText())
                && detail.equals(run.path("detail").asText());
        return agrees
                ? Optional.empty()
                : Optional.of(id + " " + level + " v1." + minor + "\n  expected " + run.path("detail") + "\n  but was  "
                        + detail);
    }
}
