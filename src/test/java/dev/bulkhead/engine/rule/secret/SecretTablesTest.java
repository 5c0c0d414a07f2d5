package dev.bulkhead.engine.rule.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.engine.text.TableFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every entry of the tables has an effect on what counts as a credential. */
class SecretTablesTest {
    private static final TableFile.Source SOURCE = new TableFile.Source("own", "2026-11-24", "here");

    private static final String RANDOM = "k3Jx9Qz7Lm2Vb8Nw4Rt6Yp1Hs5Df0Gc3Jx9Qz7Lm2Vb8Nw4Rt6Yp1Hs5Df0Gc";
    private static final String BASE64 = "a1+B/2";

    /** A bare name for each pattern of names that show a credential by themselves. */
    private static final Map<String, String> PASSWORD_NAMES = Map.of(
            "passw*", "passwd",
            "*password", "pgpassword",
            "passphrase", "passphrase",
            "pwd", "pwd",
            "*key", "apikey");

    private record Entry(String list, String word) {}

    private static Stream<Entry> entries(String table) {
        return TableFile.read(SecretNames.class, table, 2).stream()
                .flatMap(row -> Stream.of(row.cell(1).split(" +", -1)).map(word -> new Entry(row.cell(0), word)));
    }

    static Stream<Entry> names() {
        return entries("names.txt");
    }

    static Stream<Entry> placeholders() {
        return entries("placeholders.txt");
    }

    static Stream<Entry> connectionStrings() {
        return entries("connection-strings.txt");
    }

    static Stream<TableFile.Row> azureKeys() {
        return TableFile.read(AzureKeys.class, "azure-keys.txt", 4).stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void eachWordOfANameCounts(Entry entry) {
        String word = entry.word();
        switch (entry.list()) {
            case "ending" -> assertThat(SecretNames.isCredential("MY" + word)).isTrue();
            case "word" -> {
                assertThat(SecretNames.isCredential("DB_" + word)).isTrue();
                assertThat(SecretNames.isCredential("DB_" + word + "X")).isFalse();
            }
            case "last-word" -> {
                assertThat(SecretNames.isCredential("DB_" + word)).isTrue();
                assertThat(SecretNames.isCredential("DB_" + word + "_ON")).isFalse();
            }
            case "secret-key" ->
                assertThat(SecretNames.isCredential(word + "_KEY")).isTrue();
            case "secret-plural" ->
                assertThat(SecretNames.isCredential(word + "_TOKENS")).isTrue();
            case "text-token" ->
                assertThat(SecretNames.isCredential(word + "_TOKEN")).isFalse();
            case "secret-object" ->
                assertThat(SecretNames.isCredential(word + "_SECRET")).isFalse();
            case "airflow-secret" ->
                assertThat(SecretNames.isCredential("AIRFLOW__CORE__SQL_" + word + "_SECRET"))
                        .isFalse();
            case "password-ending" ->
                assertThat(SecretNames.mayNameObject("DB" + word + "_SECRET_KEY"))
                        .isTrue();
            case "vault" ->
                assertThat(SecretNames.isCredential(word + "_TOKEN_ID")).isTrue();
            case "public" ->
                assertThat(SecretNames.isCredential(word + "_API_TOKEN")).isFalse();
            case "about" -> {
                assertThat(SecretNames.isCredential("DB_PASSWORD_" + word)).isFalse();
                assertThat(SecretNames.isCredential("DB_PASSWORD_" + word + "S"))
                        .isFalse();
            }
            default -> throw new AssertionError("no test for list " + entry.list());
        }
    }

    @Test
    void otherWordsDoNotCount() {
        assertThat(List.of("PARTITION_KEY", "MAX_TOKENS", "INPUT_TOKENS", "DB_NAME", "PASS_THROUGH", "MYCHERRY"))
                .noneMatch(SecretNames::isCredential);
        assertThat(List.of("DB_PASSWORD_CHERRY", "CHERRY_TOKEN", "CHERRY_SECRET", "AIRFLOW__CORE__SQL_CHERRY_SECRET"))
                .allMatch(SecretNames::isCredential);
        assertThat(SecretNames.mayNameObject("DBCHERRY_SECRET_KEY")).isFalse();
        assertThat(SecretNames.isCredential("CHERRY_TOKEN_ID")).isFalse();
    }

    @ParameterizedTest
    @MethodSource("placeholders")
    void eachPlaceholderCounts(Entry entry) {
        String word = entry.word();
        String name = word.replace("NAME", "db-password");
        switch (entry.list()) {
            case "flag" -> assertThat(Placeholders.isFlag(word)).isTrue();
            case "mode" -> assertThat(Placeholders.isMode(word)).isTrue();
            case "object-ending" ->
                assertThat(Placeholders.isObjectName("web-" + word, false)).isTrue();
            case "reference" ->
                assertThat(Placeholders.isNoCredential(word + "hunter2")).isTrue();
            case "public-key" ->
                assertThat(Placeholders.isNoCredential(word.replace("*", "x") + " AAAAB3Nz"))
                        .isTrue();
            case "unit" -> assertThat(Placeholders.isSmallNumber("1234" + word)).isTrue();
            case "wrapper" -> assertThat(Placeholders.isPlaceholder(name)).isTrue();
            case "variable" ->
                assertThat(Placeholders.isPlaceholder(name + ":" + name)).isTrue();
            case "whole" -> assertThat(Placeholders.isPlaceholder(word)).isTrue();
            case "mask" ->
                assertThat(Placeholders.isPlaceholder(word.repeat(8))).isTrue();
            default -> throw new AssertionError("no test for list " + entry.list());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hunter2", "!!!", "db-password", "(db)", "cherry:hunter2", "ssh-cherry AAAAB3Nz", "1234cherry"})
    void otherValuesMayBeCredentials(String value) {
        assertThat(Placeholders.isNoCredential(value)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("connectionStrings")
    void eachTextOfAConnectionStringCounts(Entry entry) {
        String word = entry.word();
        Optional<String> found = switch (entry.list()) {
            case "signature" -> ConnectionStringSecrets.find("https://example.com/a?" + word + "=" + RANDOM);
            case "after-login" -> ConnectionStringSecrets.find("root:hunter2" + word + "db:3306)/web");
            case "private-member" ->
                ConnectionStringSecrets.find("{\"kty\":\"oct\",\"" + word + "\":\"" + RANDOM + "\"}");
            case "password" ->
                ConnectionStringSecrets.find(
                        "host=db " + Objects.requireNonNull(PASSWORD_NAMES.get(word), word) + "=correcthorse");
            default -> throw new AssertionError("no test for list " + entry.list());
        };

        assertThat(found).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com/a?cherry=" + RANDOM,
                "root:hunter2@cherry(db:3306)/web",
                "{\"kty\":\"oct\",\"x\":\"" + RANDOM + "\"}",
                "host=db token=correcthorse",
            })
    void otherTextsHoldNoCredential(String text) {
        assertThat(ConnectionStringSecrets.find(text)).isEmpty();
    }

    private static String azureKey(TableFile.Row row, int missing) {
        String end = row.cell(3).equals("none") ? "" : row.cell(3);
        return base64(Integer.parseInt(row.cell(1)) - missing)
                + row.cell(0)
                + base64(Integer.parseInt(row.cell(2)))
                + end;
    }

    private static String base64(int length) {
        return BASE64.repeat(length).substring(0, length);
    }

    @ParameterizedTest
    @MethodSource("azureKeys")
    void eachAzureKeyIsFound(TableFile.Row row) {
        assertThat(AzureKeys.find(azureKey(row, 0))).contains("an Azure access key");
        assertThat(AzureKeys.find("Key: " + azureKey(row, 0) + ";")).contains("an Azure access key");
        assertThat(AzureKeys.find(azureKey(row, 1))).isEmpty();
        assertThat(AzureKeys.find("a" + azureKey(row, 0))).isEmpty();
    }

    @Test
    void wrongRowsOfAzureKeysAreNamed() {
        List<List<String>> wrong = new ArrayList<>();
        wrong.add(List.of("AbCd", "0", "6", "="));
        wrong.add(List.of("AbCd", "33", "six", "="));
        wrong.add(List.of("AbCd", "33", "6", "-"));

        assertThat(wrong)
                .allSatisfy(cells -> assertThatThrownBy(
                                () -> AzureKeys.Kind.of(new TableFile.Row("azure-keys.txt:7", SOURCE, cells)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("azure-keys.txt:7: expected "));
    }
}
