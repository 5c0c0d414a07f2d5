package dev.bulkhead.app.observability;

import dev.bulkhead.app.admission.DecisionListener;
import dev.bulkhead.app.admission.DenialMessages;
import io.opentelemetry.api.trace.Span;
import java.util.Locale;

/** Adds the decision to the request's trace span. */
public final class DecisionTrace implements DecisionListener {
    @Override
    public void write(Entry entry) {
        Span span = Span.current();
        if (!span.isRecording()) {
            return;
        }
        span.setAttribute("bulkhead.path", entry.path().name().toLowerCase(Locale.ROOT));
        span.setAttribute("bulkhead.verdict", entry.verdict());
        span.setAttribute("bulkhead.review.uid", DenialMessages.line(entry.uid()));
        entry.request().ifPresent(request -> {
            span.setAttribute("bulkhead.operation", request.operation().name());
            span.setAttribute("bulkhead.kind", DenialMessages.line(request.kind()));
            span.setAttribute(
                    "bulkhead.namespace",
                    DenialMessages.line(request.namespace().orElse("")));
            span.setAttribute("bulkhead.name", DenialMessages.line(request.name()));
        });
    }
}
