package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.Finding;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretRefsInEnvTest {
    @ParameterizedTest
    @ValueSource(strings = {"initContainers", "containers", "ephemeralContainers"})
    void findsReferencesInContainersOfEveryKind(String list) {
        Trial trial = Trial.of(
                new SecretRefsInEnv(),
                "{" + list + ":[{name:'app',env:[{name:'A',value:'x'},{name:'B',valueFrom:{secretKeyRef:{name:'db',"
                        + "key:'k'}}}],envFrom:[{configMapRef:{name:'c'}},{secretRef:{name:'all',optional:true}}]}]}");

        assertThat(trial.places())
                .containsExactly(
                        "/spec/" + list + "/0/env/1/valueFrom/secretKeyRef",
                        "/spec/" + list + "/0/envFrom/1/secretRef");
        assertThat(trial.findings().stream().map(Finding::value)).containsExactly("db", "all");
        assertThat(trial.findings().stream().map(Finding::message))
                .containsExactly(
                        "container \"app\" must not take Secret \"db\" as environment variable \"B\"",
                        "container \"app\" must not take all of Secret \"all\" as environment variables");
        assertThat(new SecretRefsInEnv().describe(trial.findings()).detail())
                .isEqualTo("container \"app\" must not take Secrets \"all\", \"db\" as environment variables");
    }
}
