package dev.bulkhead.app.console.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenEndTest {
    private static String token(String claims) {
        return "e30."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8))
                + ".c2ln";
    }

    @Test
    void readsTheEndThatATokenNames() {
        assertThat(TokenEnd.of(token("{\"sub\":\"ada\",\"exp\":1795788000}")))
                .contains(Instant.parse("2026-11-27T14:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"exp\":\"soon\"}", "{\"exp\":1e300}", "{\"exp\":null}", "[1]", "", "{"})
    void readsNoEndWhereNoneIsNamed(String claims) {
        assertThat(TokenEnd.of(token(claims))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "opaque-token", "a.b", "a.b.c.d", "a.%%.c", ".."})
    void readsNoEndOfAnotherToken(String token) {
        assertThat(TokenEnd.of(token)).isEmpty();
    }
}
