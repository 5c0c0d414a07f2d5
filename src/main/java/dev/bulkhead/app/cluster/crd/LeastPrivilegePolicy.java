package dev.bulkhead.app.cluster.crd;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;
import java.util.Map;

/**
 * What the platform team requires of the workloads that it matches. Bulkhead reads the documents with its own strict
 * reader.
 */
@JsonClassDescription(
        "What the workloads that it matches must comply with. Where no policy matches, the built-in one applies.")
@Group("bulkhead.dev")
@Version("v1alpha1")
@Kind("LeastPrivilegePolicy")
@Plural("leastprivilegepolicies")
@ShortNames("lpp")
@AdditionalPrinterColumn(name = "Profile", jsonPath = ".spec.profile", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Mode", jsonPath = ".spec.mode", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "State", jsonPath = ".status.state", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Namespaces",
        jsonPath = ".status.namespaces",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "Workloads",
        jsonPath = ".status.workloads",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "Not starting",
        jsonPath = ".status.notStarting",
        type = AdditionalPrinterColumn.Type.INTEGER,
        priority = 1)
@AdditionalPrinterColumn(
        name = "Unevaluated",
        jsonPath = ".status.unevaluatedNamespaces",
        type = AdditionalPrinterColumn.Type.INTEGER,
        priority = 1)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public final class LeastPrivilegePolicy extends CustomResource<LeastPrivilegePolicy.Spec, LeastPrivilegePolicy.Status> {
    private static final long serialVersionUID = 1L;

    @Override
    @JsonPropertyDescription("What is required of which workloads. Empty: the profile least-privilege for all.")
    @Default("{}")
    public Spec getSpec() {
        return super.getSpec();
    }

    @Override
    @JsonPropertyDescription("What Bulkhead found; written by Bulkhead.")
    public Status getStatus() {
        return super.getStatus();
    }

    public record Spec(
            @JsonPropertyDescription("The workloads that the policy applies to. Default: all.")
            Match match,

            @JsonPropertyDescription("The profile: privileged, baseline, restricted (both also with a version, such as"
                    + " restricted@v1.33), least-privilege or sandboxed. Default: least-privilege.")
            @Pattern("^(privileged|(baseline|restricted)(@(latest|v1\\.[0-9]{1,3}))?|least-privilege|sandboxed)$")
            @Default("least-privilege")
            String profile,

            @JsonPropertyDescription("enforce applies the actions; warn denies and changes nothing; audit only logs."
                    + " Default: enforce.")
            @Default("enforce")
            Mode mode,

            @JsonPropertyDescription(
                    "How labels on a namespace may change the policy: tighten, any (also loosen) or ignore. Default:"
                            + " tighten.")
            NamespaceLabels namespaceLabels,

            @JsonPropertyDescription(
                    "Whether the pod-security.kubernetes.io labels of a namespace apply as well. Default: false.")
            Boolean podSecurityLabels,

            @JsonPropertyDescription("Deviations from the profile, by rule. `bulkhead rules` lists the rules.")
            @Size(max = 64)
            Map<String, RuleSettings> rules,

            @JsonPropertyDescription("The user and the groups for pods that set none.")
            User user,

            @JsonPropertyDescription("What is known of images; the first entry that matches counts.") @Size(max = 256)
            List<Image> images) {}

    @ValidationRule(
            value = "has(self.user) || has(self.scratch) || has(self.stickyTmp)",
            message = "expected user, scratch or stickyTmp")
    @ValidationRule(
            value = "has(self.user) || !(has(self.group) || has(self.fsGroup))",
            message = "expected user as well")
    public record Image(
            @JsonPropertyDescription(
                    "The images that are meant, such as docker.io/library/nginx or registry.example.com/team/*. Without"
                            + " tag and digest every version is meant; * stands for any characters.")
            @Required
            @Size(min = 1, max = 512)
            String match,

            @JsonPropertyDescription("The user ID for containers of these images that set none.")
            @Min(1)
            @Max(2147483647)
            Long user,

            @JsonPropertyDescription("The group ID of their processes. Default: the user ID.") @Min(1) @Max(2147483647)
            Long group,

            @JsonPropertyDescription("The group ID that makes their claims writable. Default: the group ID.")
            @Min(1)
            @Max(2147483647)
            Long fsGroup,

            @JsonPropertyDescription("Paths that they write to, besides those that every container gets.")
            @Size(max = 64)
            List<String> scratch,

            @JsonPropertyDescription("Whether they use no /tmp without the sticky bit, as Ruby does. Default: false.")
            Boolean stickyTmp) {}

    public record Match(
            @JsonPropertyDescription("Selects namespaces by their labels. Default: every namespace.")
            LabelSelector namespaceSelector,

            @JsonPropertyDescription("Selects workloads by the labels of the pod. Default: every workload.")
            LabelSelector workloadSelector,

            @JsonPropertyDescription(
                    "Namespaces that the policy does not apply to, by name. Globs are not supported. The built-in policy"
                            + " does not apply to them either.")
            @Size(max = 1000)
            List<@Pattern("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$") String> excludeNamespaces) {}

    public record LabelSelector(
            @JsonPropertyDescription("Labels that all have to be there, with these values.") @Size(max = 64)
            Map<String, String> matchLabels,

            @JsonPropertyDescription("Requirements that all have to be met.") @Size(max = 64)
            List<Expression> matchExpressions) {}

    @ValidationRule(
            value = "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
            message = "In and NotIn need values, Exists and DoesNotExist take none",
            fieldPath = ".values")
    public record Expression(
            @JsonPropertyDescription("The label.") @Required @Size(min = 1, max = 317)
            String key,

            @JsonPropertyDescription("In, NotIn (also without the label), Exists or DoesNotExist.") @Required
            Operator operator,

            @JsonPropertyDescription("The values for In and NotIn.") @Size(max = 1000)
            List<String> values) {}

    public record RuleSettings(
            @JsonPropertyDescription(
                    "The action for findings: harden, deny, warn, audit or \"off\", which needs the quotes in YAML.")
            Action action,

            @JsonPropertyDescription("Values that the rule accepts.") @Size(max = 1000)
            List<String> allow,

            @JsonPropertyDescription(
                    "For runAsNonRoot: what to do about images of whose user nothing is known: warn, deny or harden"
                            + " (fill in without a note). Default: warn.")
            UnknownUser unknownUser,

            @JsonPropertyDescription("For readOnlyRootFilesystem: paths that stay writable.")
            Scratch scratch,

            @JsonPropertyDescription("For sandboxRuntime: RuntimeClasses that count as sandboxes.") @Size(max = 64)
            List<String> classes) {}

    public record Scratch(
            @JsonPropertyDescription("Absolute paths. Default: /tmp.") @Size(max = 64)
            List<String> paths,

            @JsonPropertyDescription("Memory, or \"\" for the node's disk.")
            Medium medium,

            @JsonPropertyDescription("The size limit of the volume, such as 64Mi.")
            @Pattern("^[1-9][0-9]{0,14}(Ki|Mi|Gi|Ti|k|M|G|T)?$")
            String sizeLimit) {}

    @ValidationRule(
            value = "has(self.id) || !(has(self.group) || has(self.fsGroup))",
            message = "group and fsGroup go with id")
    @ValidationRule(
            value = "has(self.id) != has(self.perNamespace)",
            message = "expected either id, or perNamespace with first and last")
    public record User(
            @JsonPropertyDescription("One user ID for all namespaces.") @Min(1) @Max(2147483647)
            Long id,

            @JsonPropertyDescription("The group ID of their processes. Default: the user ID.") @Min(1) @Max(2147483647)
            Long group,

            @JsonPropertyDescription("The group ID that makes their claims writable. Default: the group ID.")
            @Min(1)
            @Max(2147483647)
            Long fsGroup,

            @JsonPropertyDescription("A different user ID for each namespace, from a range.")
            Range perNamespace) {}

    @ValidationRule(value = "self.first <= self.last", message = "last is below first", fieldPath = ".last")
    public record Range(
            @JsonPropertyDescription("The lowest user ID.") @Required @Min(1) @Max(2147483647)
            Long first,

            @JsonPropertyDescription("The highest user ID.") @Required @Min(1) @Max(2147483647)
            Long last) {}

    public record Status(
            @JsonPropertyDescription("The generation that this status describes.")
            Long observedGeneration,

            @JsonPropertyDescription("Active, or Invalid if parts of the policy cannot be read.")
            State state,

            @JsonPropertyDescription("What is wrong with the resource.")
            String message,

            @JsonPropertyDescription("The number of namespaces that it applies to.")
            Integer namespaces,

            @JsonPropertyDescription("The number of workloads with pods that it matches.")
            Integer workloads,

            @JsonPropertyDescription(
                    "The number of those with pods that do not start because of what Bulkhead filled in. Events on them say"
                            + " what helps.")
            Integer notStarting,

            @JsonPropertyDescription(
                    "The number of namespaces in the cluster that the built-in policy applies to, completely or in part,"
                            + " because no policy matches.")
            Integer builtInNamespaces,

            @JsonPropertyDescription(
                    "The number of namespaces in the cluster that no policy applies to, completely or in part, not even"
                            + " the built-in one.")
            Integer unevaluatedNamespaces) {}

    public enum Mode {
        @JsonProperty("enforce")
        ENFORCE,
        @JsonProperty("warn")
        WARN,
        @JsonProperty("audit")
        AUDIT
    }

    public enum NamespaceLabels {
        @JsonProperty("tighten")
        TIGHTEN,
        @JsonProperty("any")
        ANY,
        @JsonProperty("ignore")
        IGNORE
    }

    public enum Operator {
        @JsonProperty("In")
        IN,
        @JsonProperty("NotIn")
        NOT_IN,
        @JsonProperty("Exists")
        EXISTS,
        @JsonProperty("DoesNotExist")
        DOES_NOT_EXIST
    }

    public enum Action {
        @JsonProperty("harden")
        HARDEN,
        @JsonProperty("deny")
        DENY,
        @JsonProperty("warn")
        WARN,
        @JsonProperty("audit")
        AUDIT,
        @JsonProperty("off")
        OFF
    }

    public enum UnknownUser {
        @JsonProperty("warn")
        WARN,
        @JsonProperty("deny")
        DENY,
        @JsonProperty("harden")
        HARDEN
    }

    public enum Medium {
        @JsonProperty("")
        DISK,
        @JsonProperty("Memory")
        MEMORY
    }

    public enum State {
        @JsonProperty("Active")
        ACTIVE,
        @JsonProperty("Invalid")
        INVALID
    }
}
