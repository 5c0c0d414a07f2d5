package dev.bulkhead.app.console.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FormSecretTest {
    private final FormSecret secret = new FormSecret();

    @Test
    void knowsItsTokensThoughEachIsDifferent() {
        String one = secret.token();
        String other = secret.token();

        assertThat(one).isNotEqualTo(other);
        assertThat(secret.made(one)).isTrue();
        assertThat(secret.made(other)).isTrue();
    }

    @Test
    void knowsNoOther() {
        assertThat(secret.made(new FormSecret().token())).isFalse();
        assertThat(secret.made("")).isFalse();
        assertThat(secret.made("no base64 !")).isFalse();
        assertThat(secret.made(secret.token().substring(2))).isFalse();
    }
}
