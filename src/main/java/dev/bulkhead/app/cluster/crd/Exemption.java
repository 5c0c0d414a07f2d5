package dev.bulkhead.app.cluster.crd;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
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

/** An excuse for exactly these values, in these workloads, until that day. The gate reads the documents by itself. */
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

    /** The workloads that a status names: those that were excused last. */
    public static final int MOST_EXCUSED = 100;

    /** The values that a status names of each of them. */
    public static final int MOST_VALUES = 20;

    public record Spec(
            @JsonPropertyDescription("Why it has to be.") @Size(max = 1000)
            String reason,

            @JsonPropertyDescription("Who answers for it.") @Size(max = 253)
            String owner,

            @JsonPropertyDescription("From this moment on it excuses nothing.") @Required
            ZonedDateTime expires,

            @JsonPropertyDescription("What it is for.") @Required
            Match match,

            @JsonPropertyDescription("What is allowed.") @Required @Size(min = 1, max = 64)
            List<Grant> allow) {}

    public record Match(
            @JsonPropertyDescription("By name; globs are not supported.") @Required @Size(min = 1, max = 1000)
            List<@Pattern(Names.LABEL) String> namespaces,

            @JsonPropertyDescription("By kind and name; without it, every workload there.") @Size(max = 1000)
            List<Workload> workloads,

            @JsonPropertyDescription("By name; without it, every container.") @Size(max = 1000)
            List<@Pattern(Names.LABEL) String> containers) {}

    public record Workload(
            @JsonPropertyDescription("A kind of Kubernetes itself; of others it is not known which pods are theirs.")
            @Required
            @Pattern(Names.KIND)
            String kind,

            @JsonPropertyDescription("As in its metadata; globs are not supported.") @Required @Pattern(Names.SUBDOMAIN)
            String name) {}

    /** What the API server takes for a name. */
    private static final class Names {
        static final String LABEL = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";
        static final String SUBDOMAIN =
                "^[a-z0-9]([-a-z0-9]{0,251}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,251}[a-z0-9])?)*$";
        static final String KIND = "^(CronJob|DaemonSet|Deployment|Job|Pod|PodTemplate|ReplicaSet|ReplicationController"
                + "|StatefulSet)$";

        private Names() {}
    }

    public record Grant(
            @JsonPropertyDescription("The rule; `bulkhead rules` lists them.") @Required @Size(min = 1)
            String rule,

            @JsonPropertyDescription("The values that are allowed, or * for all of the rule.")
            @Required
            @Size(min = 1, max = 1000)
            List<String> values) {}

    public record Status(
            @JsonPropertyDescription("The generation that this status is about.")
            Long observedGeneration,

            @JsonPropertyDescription(
                    "Active; Expired; NotHonoured in a namespace whose exemptions do not count; Invalid.")
            String state,

            @JsonPropertyDescription("What is wrong.") String message,

            @JsonPropertyDescription("When it excused something last; absent while it is unused.")
            ZonedDateTime lastUsed,

            @JsonPropertyDescription(
                    "What it excused, by NAMESPACE/KIND/NAME of the workload: of the 100 workloads that it excused last.")
            @Size(max = MOST_EXCUSED)
            Map<String, Excused> excused) {}

    public record Excused(
            @JsonPropertyDescription("When something of this workload was excused last.")
            ZonedDateTime lastUsed,

            @JsonPropertyDescription("What was excused, as RULE=VALUE.") @Size(max = MOST_VALUES)
            List<String> values) {}
}
