package dev.bulkhead.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FailureTextTest {
    /** No constant, since the compiler refuses calls that it sees fail. */
    private static final String CREDENTIAL = String.join("", "pl4nted", "Cr3dential");

    @Test
    void messagesOfJavaAndLibrariesAreNotShown() {
        List<ThrowingCallable> quoting = List.of(
                () -> Integer.parseInt(CREDENTIAL),
                () -> Instant.parse(CREDENTIAL),
                () -> Pattern.compile("(" + CREDENTIAL),
                () -> Thread.State.valueOf(CREDENTIAL),
                () -> new ObjectMapper().readTree("{\"a\": " + CREDENTIAL + "}"),
                () -> new ObjectMapper().readValue("\"" + CREDENTIAL + "\"", Integer.class));

        assertThat(quoting).allSatisfy(reading -> {
            Throwable failure = catchThrowable(reading);
            assertThat(failure).hasMessageContaining(CREDENTIAL);
            Throwable wrapped = new IllegalStateException(failure);
            assertThat(String.join("\n", FailureText.stackTrace(failure)))
                    .startsWith(failure.getClass().getName() + "\n\tat ")
                    .doesNotContain(CREDENTIAL);
            assertThat(String.join("\n", FailureText.stackTrace(wrapped)))
                    .contains("\nCaused by: " + failure.getClass().getName() + "\n\tat ")
                    .doesNotContain(CREDENTIAL);
            assertThat(FailureText.message(failure)).doesNotContain(CREDENTIAL);
        });
    }

    @Test
    void messagesOfBulkheadsOwnCodeAreShownAsOneLine() {
        Throwable own = new IllegalStateException("two of them\nand more");

        assertThat(FailureText.line(own)).isEqualTo("java.lang.IllegalStateException: two of them\\u000aand more");
        assertThat(FailureText.message(own)).isEqualTo("two of them\\u000aand more");
        assertThat(FailureText.message(new IllegalStateException())).isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void anOwnMessageAboutACauseIsShownUnlessItQuotesIt() {
        Throwable cause = catchThrowable(() -> Integer.parseInt(CREDENTIAL));

        assertThat(FailureText.message(new IllegalStateException("not a number", cause)))
                .isEqualTo("not a number");
        assertThat(FailureText.message(new IllegalStateException("no: " + cause.getMessage(), cause)))
                .isEqualTo("java.lang.IllegalStateException");
        assertThat(FailureText.message(new IllegalStateException("no: one", new IllegalStateException("one"))))
                .isEqualTo("no: one");
    }

    @Test
    void endlessCausesEnd() {
        Throwable failure = new IllegalStateException("0");
        for (int i = 1; i < 100; i++) {
            failure = new IllegalStateException(String.valueOf(i), failure);
        }

        assertThat(FailureText.stackTrace(failure).stream().filter(line -> line.startsWith("Caused by: ")))
                .hasSize(7);
    }
}
