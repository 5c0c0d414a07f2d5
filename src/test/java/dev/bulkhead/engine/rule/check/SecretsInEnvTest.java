package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsInEnvTest {
    private static Trial trial(String spec) {
        return Trial.of(new SecretsInEnv(), spec);
    }

    private static Trial variable(String name, String value) {
        ObjectNode document = new ObjectMapper().createObjectNode();
        document.putObject("spec")
                .putArray("containers")
                .addObject()
                .put("name", "app")
                .putArray("env")
                .addObject()
                .put("name", name)
                .put("value", value);
        return Trial.of(new SecretsInEnv(), document);
    }

    @Test
    void findsCredentialsInContainersOfEveryKind() {
        String env = "env:[{name:'LANG',value:'C'},{name:'DB_PASSWORD',value:'hunter2'}]";
        Trial trial = trial("{initContainers:[{name:'i'," + env + "},{name:'s',restartPolicy:'Always'," + env
                + "}],containers:[{name:'c'," + env + "}],ephemeralContainers:[{name:'e'," + env + "}]}");

        assertThat(trial.places())
                .containsExactly(
                        "/spec/initContainers/0/env/1/value",
                        "/spec/initContainers/1/env/1/value",
                        "/spec/containers/0/env/1/value",
                        "/spec/ephemeralContainers/0/env/1/value");
        assertThat(trial.findings()).allSatisfy(finding -> {
            assertThat(finding.value()).isEqualTo("DB_PASSWORD");
            assertThat(finding.unset()).isFalse();
        });
    }

    @Test
    void findsEveryVariableOfAContainerOnItsOwn() {
        assertThat(trial("{containers:[{name:'c',env:[{name:'TOKEN',value:'a1b2c3'},{name:'TOKEN',value:'d4e5f6'},"
                                + "{name:'URL',value:'amqp://a:b@c'}]}]}")
                        .findings())
                .extracting(Finding::value)
                .containsExactly("TOKEN", "TOKEN", "URL");
    }

    @Test
    void acceptsCredentialsThatComeFromElsewhere() {
        assertThat(trial("{containers:[{name:'c',envFrom:[{secretRef:{name:'db'}}],env:["
                                + "{name:'DB_PASSWORD',valueFrom:{secretKeyRef:{name:'db',key:'password'}}},"
                                + "{name:'TOKEN',value:''},{name:'SECRET'},{name:'API_KEY',value:null}]}]}")
                        .findings())
                .isEmpty();
    }

    @Test
    void saysOnlyByWhichNameOrForm() {
        Trial trial = trial("{containers:[{name:'app',env:[{name:'DB_PASSWORD',value:'hunter2'},"
                + "{name:'DATABASE_URL',value:'postgres://app:hunter2@db'}]}]}");

        assertThat(trial.findings())
                .extracting(Finding::message)
                .containsExactly(
                        "container \"app\" must not hold credentials in env: \"DB_PASSWORD\" (by its name)",
                        "container \"app\" must not hold credentials in env: \"DATABASE_URL\" (a password in a URL)");
        assertThat(trial.rule().describe(trial.findings()).sentence())
                .isEqualTo("credentials in env (container \"app\" must not hold credentials in env:"
                        + " \"DB_PASSWORD\" (by its name), \"DATABASE_URL\" (a password in a URL))");
        assertThat(trial.findings().get(0).remedy().text())
                .startsWith("mount it from a Secret as a file and remove \"DB_PASSWORD\" from env")
                .contains("valueFrom.secretKeyRef");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "https://user:%s@host/path",
                "Server=db;Password=%s;",
                "jdbc:oracle:thin:scott/%s@db",
                "-----BEGIN PRIVATE KEY-----\n%s%s%s\n-----END PRIVATE KEY-----",
                "{\"password\":\"%s\"}",
                "ghp_%s%s%s",
                "Bearer %s0123456789"
            })
    void neverPrintsTheValueInFixedCases(String form) {
        assertUntold("N", form.replace("%s", "c4naryVALUEx9y8z7"), "c4naryVALUEx9y8z7");
    }

    @Property(tries = 500)
    void neverPrintsTheValue(
            @ForAll @AlphaChars @NumericChars @StringLength(min = 12, max = 60) String canary,
            @ForAll("forms") String form) {
        assertUntold("DB_PASSWORD", form.replace("%s", canary), canary);
    }

    @Provide
    Arbitrary<String> forms() {
        return Arbitraries.of(
                "%s",
                "x %s y",
                "postgres://u:%s@h/d",
                "postgres://%s:p@h/d",
                "host=db password=%s",
                "{\"api_key\":\"%s\"}",
                "-----BEGIN RSA PRIVATE KEY-----\n%s%s\n-----END RSA PRIVATE KEY-----",
                "eyJhbGciOiJIUzI1NiJ9.%s.%s",
                "Basic %s",
                "base64:%s");
    }

    private static void assertUntold(String name, String value, String canary) {
        Trial trial = variable(name, value);
        List<Finding> findings = trial.findings();
        assertThat(findings).hasSizeLessThan(2);
        for (Finding finding : findings) {
            String told = String.join(
                    "\n",
                    finding.toString(),
                    finding.value(),
                    finding.message(),
                    finding.remedy().text(),
                    finding.place().toString(),
                    finding.subject().toString(),
                    trial.rule().describe(findings).toString());
            assertThat(told).doesNotContain(canary);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{name:'TOKEN',value:{c4nary:1}}]",
                "[{name:'TOKEN',value:['c4nary']}]",
                "[{name:'TOKEN',value:40407777}]",
                "{TOKEN:'c4nary'}",
                "['c4nary']",
                "'c4nary'"
            })
    void neverPrintsTheValueOfMalformedFields(String env) {
        assertThatThrownBy(() ->
                        trial("{containers:[{name:'app',env:" + env + "}]}").findings())
                .isInstanceOf(MalformedWorkloadException.class)
                .hasMessageStartingWith("/spec/containers/0/env")
                .hasMessageNotContainingAny("c4nary", "40407777");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519", "DSA"})
    void findsPrivateKeysInDerAndNoPublicOnes(String algorithm) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("RSA") || algorithm.equals("DSA")) {
            generator.initialize(1024);
        }
        KeyPair pair = generator.generateKeyPair();
        String privateKey = Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded());
        String publicKey = Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());

        assertThat(variable("X", privateKey).finding().message()).endsWith("(a private key)");
        assertThat(variable(
                                "X",
                                Base64.getMimeEncoder()
                                        .encodeToString(pair.getPrivate().getEncoded()))
                        .findings())
                .hasSize(1);
        assertThat(variable("X", publicKey).findings()).isEmpty();
    }

    @Test
    void findsCredentialsAfterLongText() {
        String filler = "lorem ipsum ".repeat(8000);

        assertThat(variable("CONFIG", filler + "postgres://u:hunter2@h/d").findings())
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "=",
                ":",
                "-",
                " ",
                "\"",
                "$(",
                "${",
                "{{",
                "://",
                "://a:",
                "@tcp(",
                "a@//",
                "password=",
                "password=<",
                "\"password\":",
                "-----BEGIN ",
                "-----BEGIN PRIVATE KEY-----",
                "LS0tLS1CRUdJTi",
                "eyJ",
                "eyJ.",
                "eyJ-",
                "eyJhbGciOiJIUzI1NiJ9.",
                "AKIA",
                "ghp_",
                "sk-",
                "bearer ",
                "Basic ",
                "Q~",
                "jdbc:oracle:",
                "0Q~",
                "Ab1",
                "sig=",
                "\\",
                "a=a ",
                "AUTH:",
                "\u00e9"
            })
    void readsEvenHostileValuesOf3Mebibytes(String unit) {
        String value = unit.repeat(3 * 1024 * 1024 / unit.length());
        for (String name : List.of("X", "DB_PASSWORD", "AWS_KEY", "BASIC_AUTH")) {
            // Anything worse than linear would not come back from this.
            assertThat(variable(name, value).findings())
                    .hasSizeLessThanOrEqualTo(1)
                    .allSatisfy(finding -> assertThat(finding.message()).doesNotContain(unit.repeat(9)));
        }
        assertThat(variable(value, "hunter2hunter2").findings()).hasSizeLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"password=<", "$(", "://a:", "bearer ", "@tcp(", "a=a ", "eyJ-", "{{ "})
    void readsManyHostileValues(String unit) {
        ObjectNode document = new ObjectMapper().createObjectNode();
        var env = document.putObject("spec")
                .putArray("containers")
                .addObject()
                .put("name", "app")
                .putArray("env");
        String value = unit.repeat(8000 / unit.length());
        for (int i = 0; i < 375; i++) {
            env.addObject().put("name", "DB_PASSWORD").put("value", value);
        }
        Trial trial = Trial.of(new SecretsInEnv(), document);
        assertThat(trial.findings())
                .allSatisfy(finding -> assertThat(finding.message()).doesNotContain(unit.repeat(9)));
    }

    @Test
    void warnsByDefaultAndDeniesInSandboxes() {
        assertThat(new SecretsInEnv().leastPrivilege().action()).isEqualTo(Action.WARN);
        assertThat(new SecretsInEnv().sandboxed().action()).isEqualTo(Action.DENY);
        assertThat(new SecretsInEnv().layer()).isEqualTo(Layer.SECRETS);
    }
}
