package dev.bulkhead.app.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionResponseWriter;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.admission.Decision;
import dev.bulkhead.app.admission.DecisionListener.Entry;
import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.admission.ReviewEnvelope;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionRepliesTest {
    private static final String REASON = "an error inside Bulkhead left no memory for an answer";

    /** It is put together from pieces, but must be what is written of any other decision. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "5d6b1c1e-9c0a-4c58-8f0e-2f4f6d0c7a11",
                "{uid}",
                "a\"b",
                "a\\b",
                "line\nbreak",
                "\u0000",
                "\u007f",
                "\u00fc",
                "\u2028",
                "\ud83d\ude00"
            })
    void writesTheLastResortAsAnyDecision(String uid) {
        for (String path : List.of("/validate", "/mutate")) {
            for (String kind : List.of("Pod", "Namespace")) {
                AdmissionPath address = AdmissionPath.of(path).orElseThrow();
                Decision decision = kind.equals("Namespace")
                        ? new Decision.Advice(Optional.empty(), List.of("nothing was checked: " + REASON))
                        : new Decision.Invalid(REASON);

                Answer answer = AdmissionReplies.lastResort(
                        address, new ReviewEnvelope(Optional.of(uid), "", kind, "shop"), Caller.UNKNOWN);

                Answer written = AdmissionResponseWriter.to(
                        new Entry(address.path(), uid, Optional.empty(), decision, 0, Caller.UNKNOWN),
                        Guidance.DEFAULT);
                assertThat(answer.status()).isEqualTo(written.status());
                assertThat(answer.contentType()).isEqualTo(written.contentType());
                assertThat(answer.body()).asString().isEqualTo(new String(written.body(), UTF_8));
            }
        }
    }
}
