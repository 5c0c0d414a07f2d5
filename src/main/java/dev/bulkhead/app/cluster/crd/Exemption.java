package dev.bulkhead.app.cluster.crd;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.bulkhead.engine.workload.KubernetesKind;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Version;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;

/**
 * An exemption for exactly these values, in these workloads, until it expires. Bulkhead reads the documents with its
 * own reader.
 */
@JsonClassDescription("Allows listed values in named workloads until a date.")
@Group("bulkhead.dev")
@Version("v1alpha1")
@Kind("Exemption")
@AdditionalPrinterColumn(name = "Owner", jsonPath = ".spec.owner", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "State", jsonPath = ".status.state", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Expires", jsonPath = ".spec.expires", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Last used", jsonPath = ".status.lastUsed", type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public final class Exemption extends CustomResource<Exemption.Spec, Exemption.Status> implements Namespaced {
    private static final long serialVersionUID = 1L;

    /** The most workloads that a status names: those to which it applied last. */
    public static final int MOST_EXCUSED = 100;

    /** The most values that a status names for each of them. */
    public static final int MOST_VALUES = 20;

    @Override
    @JsonPropertyDescription("What is allowed, in which workloads, and until when.")
    @Required
    public Spec getSpec() {
        return super.getSpec();
    }

    @Override
    @JsonPropertyDescription("Whether it applies, and to what it did; written by Bulkhead.")
    public Status getStatus() {
        return super.getStatus();
    }

    public record Spec(
            @JsonPropertyDescription("Why the exemption is needed.") @Size(max = 1000)
            String reason,

            @JsonPropertyDescription("Who is responsible for the exemption.") @Size(max = 253)
            String owner,

            @JsonPropertyDescription("When the exemption stops applying.") @Required
            ZonedDateTime expires,

            @JsonPropertyDescription("The workloads that the exemption applies to.") @Required
            Match match,

            @JsonPropertyDescription("The rules and values that the exemption allows.")
            @Required
            @Size(min = 1, max = 64)
            List<Grant> allow) {}

    public record Match(
            @JsonPropertyDescription("Namespaces by name. Globs are not supported.")
            @Required
            @Size(min = 1, max = 1000)
            List<@Pattern(Names.LABEL) String> namespaces,

            @JsonPropertyDescription("Workloads by kind and name. Default: every workload in these namespaces.")
            @Size(max = 1000)
            List<Workload> workloads,

            @JsonPropertyDescription("Containers by name. Default: every container.") @Size(max = 1000)
            List<@Pattern(Names.LABEL) String> containers) {}

    public record Workload(
            @JsonPropertyDescription(
                    "A built-in kind of Kubernetes. Bulkhead cannot verify which pods belong to custom kinds.")
            @Required
            KubernetesKind kind,

            @JsonPropertyDescription("The name of the workload. Globs are not supported.")
            @Required
            @Pattern(Names.SUBDOMAIN)
            String name) {}

    /** The pattern of names that the API server accepts. */
    private static final class Names {
        static final String LABEL = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";
        static final String SUBDOMAIN =
                "^[a-z0-9]([-a-z0-9]{0,251}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,251}[a-z0-9])?)*$";

        private Names() {}
    }

    public record Grant(
            @JsonPropertyDescription("The rule. `bulkhead rules` lists the rules.") @Required @Size(min = 1)
            String rule,

            @JsonPropertyDescription("The values to allow, or * for all values of the rule.")
            @Required
            @Size(min = 1, max = 1000)
            List<String> values) {}

    public record Status(
            @JsonPropertyDescription("The generation that this status describes.")
            Long observedGeneration,

            @JsonPropertyDescription(
                    "Active; Expired; NotHonoured in a namespace whose exemptions do not count; Invalid.")
            State state,

            @JsonPropertyDescription("What is wrong with the resource.")
            String message,

            @JsonPropertyDescription("When the exemption last applied; absent if it never did.")
            ZonedDateTime lastUsed,

            @JsonPropertyDescription(
                    "The values that it allowed, by NAMESPACE/KIND/NAME of the workload, for the 100 most recent workloads.")
            @Size(max = MOST_EXCUSED)
            Map<String, Excused> excused) {}

    public record Excused(
            @JsonPropertyDescription("When the exemption last applied to this workload.")
            ZonedDateTime lastUsed,

            @JsonPropertyDescription("What was excused, as RULE=VALUE.") @Size(max = MOST_VALUES)
            List<String> values) {}

    public enum State {
        @JsonProperty("Active")
        ACTIVE,
        @JsonProperty("Expired")
        EXPIRED,
        @JsonProperty("NotHonoured")
        NOT_HONOURED,
        @JsonProperty("Invalid")
        INVALID
    }
}
