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

        @Schema(required = true) List<Entry> policies,

        @Schema(required = true, description = "The namespaces that no policy covers and that admission evaluates.")
        List<String> uncovered,

        @Schema(required = true, description = "The namespaces that several policies cover.")
        List<Several> several,

        @Schema(required = true, description = "The namespaces that admission does not evaluate.")
        List<String> excluded) {
    PolicyList {
        policies = List.copyOf(policies);
        uncovered = List.copyOf(uncovered);
        several = List.copyOf(several);
        excluded = List.copyOf(excluded);
    }

    /** A policy. */
    @Schema(name = "Policy", description = "A policy, and the namespaces in which it is in force.")
    record Entry(
            @Schema(required = true, examples = "tenants") String name,

            @Schema(required = true, examples = "restricted")
            String profile,

            @Schema(
                    required = true,
                    enumeration = {"enforce", "warn", "audit"})
            String mode,

            @Schema(required = true, description = "Whether it is for what no other policy matches.")
            boolean fallback,

            @Schema(required = true, description = "What it is for, in words.", examples = "namespaces with team=shop")
            String selects,

            @Schema(required = true) List<Place> places,

            @Schema(required = true, description = "The rules that it has settings for.")
            List<String> overrides,

            @Schema(required = true, description = "Why it is not in force as written.")
            List<String> problems) {
        Entry {
            places = List.copyOf(places);
            overrides = List.copyOf(overrides);
            problems = List.copyOf(problems);
        }
    }

    /** A namespace in which a policy is in force. */
    @Schema(name = "PolicyPlace", description = "A namespace in which a policy is in force.")
    record Place(
            @Schema(required = true, examples = "shop") String name,
            @Schema(required = true) long workloads,

            @Schema(required = true, description = "How many of them would be denied today.")
            long denied) {}

    /** A namespace with several policies. */
    @Schema(name = "PoliciesOfNamespace", description = "A namespace, and the policies that cover it.")
    record Several(
            @Schema(required = true, examples = "shop") String namespace,
            @Schema(required = true) List<String> policies) {
        Several {
            policies = List.copyOf(policies);
        }
    }

    static PolicyList of(SeenPolicies seen) {
        return new PolicyList(
                "bulkhead.dev/v1alpha1",
                "PolicyList",
                seen.entries().stream().map(PolicyList::entry).toList(),
                seen.uncovered(),
                seen.several().stream()
                        .map(several -> new Several(several.namespace(), several.policies()))
                        .toList(),
                seen.excluded());
    }

    private static Entry entry(SeenPolicies.Entry policy) {
        return new Entry(
                policy.name(),
                policy.profile(),
                policy.mode(),
                policy.fallback(),
                policy.selects(),
                policy.places().stream()
                        .map(place -> new Place(place.name(), place.workloads(), place.denied()))
                        .toList(),
                policy.overrides(),
                policy.problems());
    }
}
