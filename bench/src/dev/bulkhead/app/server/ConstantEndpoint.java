package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.app.admission.Samples;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;

/** What the webhook is measured against: reads the body and answers the same each time. Not part of the product. */
@Singleton
final class ConstantEndpoint {
    private final Buffer answer;

    ConstantEndpoint() throws IOException {
        AdmissionService.Answer typical =
                Samples.reviews().answer(AdmissionService.Path.VALIDATE, Samples.hardened(), Samples::builtIn);
        this.answer = Buffer.buffer(typical.body());
    }

    void open(@Observes Router router) {
        router.post("/constant").order(Integer.MIN_VALUE).handler(routing -> {
            routing.request()
                    .body()
                    .onComplete(body -> routing.response()
                            .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                            .end(answer));
            routing.request().resume();
        });
    }
}
