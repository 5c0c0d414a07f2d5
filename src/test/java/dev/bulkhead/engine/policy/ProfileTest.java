package dev.bulkhead.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "privileged",
                "baseline",
                "restricted",
                "baseline@v1.0",
                "restricted@v1.37",
                "least-privilege",
                "sandboxed"
            })
    void readsWhatItWrites(String name) {
        assertThat(Profile.parse(name).map(Profile::toString)).contains(name);
    }

    @Test
    void latestIsTheSameAsNoVersion() {
        assertThat(Profile.parse("restricted@latest")).contains(Profile.RESTRICTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Baseline",
                "restricted@",
                "restricted@1.30",
                "restricted@v1.030",
                "restricted@v2.0",
                "restricted@v1.99999999999",
                "least-privilege@v1.30",
                "privileged@latest",
                "least privilege"
            })
    void refusesWhatIsNoProfile(String name) {
        assertThat(Profile.parse(name)).isEmpty();
    }
}
