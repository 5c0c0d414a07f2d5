package dev.bulkhead.app.cluster.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiServerFailureTest {
    private static final String CREDENTIAL = "pl4ntedCr3dential";

    private static KubernetesClientException answered(int code, String reason, String kind, String message) {
        Status status = new StatusBuilder()
                .withCode(code)
                .withReason(reason)
                .withMessage(message)
                .withNewDetails()
                .withKind(kind)
                .addNewCause("spec.reason", message, "FieldValueInvalid")
                .endDetails()
                .build();
        return new KubernetesClientException("Failure executing: PATCH. Message: " + message, code, status);
    }

    @ParameterizedTest
    @CsvSource({
        "422, Invalid, exemptions",
        "400, BadRequest, exemptions",
        "422, Invalid, secrets",
        "403, Forbidden, secrets",
        "500, InternalError, secrets",
    })
    void quotesNothingOfAnObjectThatIsRefused(int code, String reason, String kind) {
        String message = kind + " \"a\" is invalid: spec.reason: Invalid value: \"" + CREDENTIAL + "\": no";

        assertThat(ApiServerFailure.text(answered(code, reason, kind, message)))
                .isEqualTo("the API server answered " + code + " " + reason + ": spec.reason (FieldValueInvalid)");
    }

    @Test
    void tellsWhichRightIsMissing() {
        String message = "exemptions is forbidden: User \"a\" cannot list resource";

        assertThat(ApiServerFailure.text(answered(403, "Forbidden", "exemptions", message)))
                .isEqualTo("the API server answered 403 Forbidden: " + message);
    }

    @Test
    void quotesNothingOfAnAnswerThatCannotBeRead() {
        IOException unreadable = null;
        try {
            new ObjectMapper().readTree("{\"data\": " + CREDENTIAL + "}");
        } catch (IOException e) {
            unreadable = e;
        }

        assertThat(unreadable).hasMessageContaining(CREDENTIAL);
        assertThat(ApiServerFailure.text(new KubernetesClientException("An error: " + CREDENTIAL, unreadable)))
                .isEqualTo("no usable answer of the API server: JsonParseException");
    }

    @Test
    void tellsWhyThereIsNoConnection() {
        Throwable failure = new KubernetesClientException(
                CREDENTIAL, new IOException(CREDENTIAL, new ConnectException("Connection refused")));

        assertThat(ApiServerFailure.text(failure))
                .isEqualTo("no usable answer of the API server: ConnectException: Connection refused");
    }

    @Test
    void isOneShortLine() {
        String text = ApiServerFailure.text(answered(409, "Conflict", "exemptions", "a\n".repeat(10_000)));

        assertThat(text.lines()).hasSize(1);
        assertThat(text).hasSizeLessThanOrEqualTo(500);
    }
}
