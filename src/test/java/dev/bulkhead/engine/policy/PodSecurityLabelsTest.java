package dev.bulkhead.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodSecurityLabelsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | ''",
                "tier=tenant | ''",
                "enforce=privileged | ''",
                "enforce=baseline | enforce=baseline warn=baseline",
                "enforce=restricted enforce-version=v1.30 | enforce=restricted@v1.30 warn=restricted@v1.30",
                "enforce=restricted warn=baseline | enforce=restricted warn=baseline",
                "enforce=restricted warn=privileged | enforce=restricted",
                "enforce=restricted enforce-version=v1.30 warn-version=v1.32"
                        + " | enforce=restricted@v1.30 warn=restricted@v1.32",
                "enforce=strict | enforce=restricted",
                "enforce=least-privilege | enforce=restricted",
                "enforce=restricted@v1.30 | enforce=restricted",
                "enforce=baseline enforce-version=1.30 | enforce=baseline warn=baseline",
                "audit=restricted audit-version=latest | audit=restricted",
                "audit=strict warn=strict | ''",
                "enforce-version=v1.30 | ''",
            })
    void areReadAsPodSecurityAdmissionReadsThem(String labels, String levels) {
        Map<String, String> onNamespace = new TreeMap<>();
        Matcher label = Pattern.compile("(\\S+)=(\\S+)").matcher(labels);
        while (label.find()) {
            onNamespace.put("pod-security.kubernetes.io/" + label.group(1), label.group(2));
        }
        Map<String, String> found = new TreeMap<>();
        PodSecurityLabels.levels(onNamespace).forEach((mode, profile) -> found.put(mode.label(), profile.toString()));

        assertThat(found.toString().replaceAll("[{}]", "").replace(", ", " ")).isEqualTo(levels);
    }
}
