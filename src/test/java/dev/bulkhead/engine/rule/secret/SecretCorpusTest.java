package dev.bulkhead.engine.rule.secret;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import dev.bulkhead.engine.rule.check.Trial;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SecretCorpusTest {
    private static final Pattern CHARACTERS = Pattern.compile("«(alnum|hex|upper|url) (\\d+)»");
    private static final Pattern BASE64 = Pattern.compile("«base64 ([^»]*)»");

    private record Variable(String name, String value) {}

    @Test
    void findsEveryCredential() throws IOException {
        List<Variable> guilty = read("guilty.txt");
        assertThat(guilty).hasSizeGreaterThan(150);
        assertThat(guilty).filteredOn(variable -> !isFound(variable)).isEmpty();
    }

    @Test
    void findsNoOrdinaryValue() throws IOException {
        List<Variable> innocent = read("innocent.txt");
        assertThat(innocent).hasSizeGreaterThan(200);
        assertThat(innocent).filteredOn(SecretCorpusTest::isFound).isEmpty();
    }

    private static boolean isFound(Variable variable) {
        ObjectNode document = new ObjectMapper().createObjectNode();
        document.putObject("spec")
                .putArray("containers")
                .addObject()
                .put("name", "app")
                .putArray("env")
                .addObject()
                .put("name", variable.name())
                .put("value", variable.value());
        List<Finding> findings = Trial.of(RuleRegistry.named("secretsInEnv").orElseThrow(), document)
                .findings();
        assertThat(findings).allSatisfy(finding -> {
            assertThat(finding.value()).isEqualTo(variable.name());
            assertThat(finding.place().pointer()).isEqualTo("/spec/containers/0/env/0/value");
        });
        return !findings.isEmpty();
    }

    private static List<Variable> read(String file) throws IOException {
        Random random = new Random(7);
        List<Variable> variables = new ArrayList<>();
        try (InputStream stream = SecretCorpusTest.class.getResourceAsStream("/secrets/" + file)) {
            assertThat(stream).isNotNull();
            for (String line : new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    int equals = line.indexOf('=');
                    variables.add(new Variable(line.substring(0, equals), expand(line.substring(equals + 1), random)));
                }
            }
        }
        return variables;
    }

    private static String expand(String value, Random random) {
        String text = CHARACTERS
                .matcher(value)
                .replaceAll(match ->
                        Matcher.quoteReplacement(characters(match.group(1), Integer.parseInt(match.group(2)), random)));
        text = text.replace("\\\\", "\0").replace("\\n", "\n").replace('\0', '\\');
        return BASE64.matcher(text)
                .replaceAll(match ->
                        Base64.getEncoder().encodeToString(match.group(1).getBytes(StandardCharsets.UTF_8)));
    }

    private static String characters(String alphabet, int length, Random random) {
        String letters = switch (alphabet) {
            case "hex" -> "0123456789abcdef";
            case "upper" -> "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
            case "url" -> "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            default -> "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        };
        StringBuilder characters = new StringBuilder();
        for (int i = 0; i < length; i++) {
            characters.append(letters.charAt(random.nextInt(letters.length())));
        }
        return characters.toString();
    }
}
