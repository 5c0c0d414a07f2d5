package dev.bulkhead.app.console.api;

import dev.bulkhead.app.console.view.SeenPolicies;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What is in force where. */
@Schema(name = "PolicyList", description = "The policies, and what is in force where.")
record PolicyList(
        @Schema(required = true, examples = "bulkhead.dev/v1alpha1")
        String apiVersion,

        @Schema(required = true, examples = "PolicyList") String kind,

        @Schema(required = true) List<SeenPolicies.Entry> policies,

        @Schema(required = true, description = "The namespaces that no policy covers.")
        List<String> uncovered,

        @Schema(required = true, description = "The namespaces that several policies cover.")
        List<SeenPolicies.Several> several) {
    PolicyList {
        policies = List.copyOf(policies);
        uncovered = List.copyOf(uncovered);
        several = List.copyOf(several);
    }
}
