package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.Finding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SysctlValuesTest {
    private static Trial value(String value) {
        return Trial.of(
                new SysctlValues(),
                "{securityContext:{sysctls:[{name:'kernel.shm_rmid_forced',value:'" + value
                        + "'}]},containers:[{name:'app'}]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1+kernel.core_pattern=|/x #", "+", "1 +", "1+"})
    void findsAValueInWhichAnotherSysctlBegins(String value) {
        Finding finding = value(value).finding();

        assertThat(finding.value()).isEqualTo(value);
        assertThat(finding.place().pointer()).isEqualTo("/spec/securityContext/sysctls/0/value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0 2147483647", "32768\\t60999", "-1", ""})
    void sparesNumbers(String value) {
        assertThat(value(value).findings()).isEmpty();
    }

    @Test
    void showsOnlyTheBeginningOfALongValueOnOneLine() {
        String message = value("1+\\n" + "x".repeat(5_000)).finding().message();

        assertThat(message).startsWith("pod must not set sysctl kernel.shm_rmid_forced=\"1+\\nxxx");
        assertThat(message).hasSizeLessThan(250).doesNotContain("\n");
    }
}
