package dev.bulkhead.app.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bulkhead.app.cli.output.RulePage;
import dev.bulkhead.engine.rule.PodSecurityLevel;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.StandardControl;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A rule as the API shows it: as {@code bulkhead rules -o json} does, and where asked for with its page. */
@Schema(name = "Rule", description = "A rule: what it requires, and what the profiles do about what it finds.")
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record RuleDescription(
        @Schema(required = true, description = "The name in policies, reports and links.", examples = "privileged")
        String id,

        @Schema(required = true, description = "What is wrong where the rule finds something, in a few words.")
        String title,

        @Schema(required = true, description = "What the rule requires, in a sentence.")
        String summary,

        @Schema(
                required = true,
                description = "What an attacker gains where the requirement is not met.",
                enumeration = {"critical", "high", "medium", "low"})
        String severity,

        @Schema(required = true, description = "The group that policy reports show the rule in.")
        String category,

        @Schema(required = true, description = "The layer that the rule guards.", examples = "host")
        String layer,

        @Schema(
                required = true,
                description = "The Pod Security level whose check it is; `own` for Bulkhead's own rules.",
                enumeration = {"baseline", "restricted", "own"})
        String level,

        @Schema(required = true, description = "What the profiles that are Bulkhead's own do, by profile.")
        SortedMap<String, ProfileAction> actions,

        @Schema(required = true, description = "The recommendations that require the same.")
        List<StandardReference> standards,

        @Schema(required = true, description = "The address of the rule's page.", format = "uri")
        String helpUrl,

        @Schema(
                description =
                        "The rule's page in Markdown: risk, fields, allowed values, fix, exemptions. Only where one"
                                + " rule is asked for.")
        Optional<String> page) {

    RuleDescription {
        standards = List.copyOf(standards);
    }

    /** What a profile does about what a rule finds. */
    @Schema(name = "ProfileAction", description = "What a profile does about what a rule finds.")
    record ProfileAction(
            @Schema(
                    required = true,
                    description = "The action.",
                    enumeration = {"off", "audit", "warn", "deny", "harden"})
            String action,

            @Schema(required = true, description = "Other actions, by the value found.")
            SortedMap<String, String> exceptions) {
        static ProfileAction of(RuleAction action) {
            SortedMap<String, String> exceptions = new TreeMap<>();
            action.exceptions().forEach((value, other) -> exceptions.put(value, other.label()));
            return new ProfileAction(action.action().label(), exceptions);
        }
    }

    /** A recommendation of a standard. */
    @Schema(name = "StandardReference", description = "A recommendation of a standard.")
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record StandardReference(
            @Schema(required = true, description = "The standard.")
            String standard,

            @Schema(description = "Its version, where it has one.")
            String version,

            @Schema(description = "The recommendation's number, where the standard gives one.")
            String id,

            @Schema(required = true, description = "The recommendation's title.")
            String name,

            @Schema(required = true, description = "Where it is published.", format = "uri")
            String url) {
        static StandardReference of(StandardControl control) {
            return new StandardReference(
                    control.standard().title(),
                    control.standard().version(),
                    control.id(),
                    control.name(),
                    control.url());
        }
    }

    static RuleDescription of(Rule rule) {
        return describe(rule, Optional.empty());
    }

    static RuleDescription withPage(Rule rule) {
        return describe(rule, Optional.of(RulePage.of(rule).markdown()));
    }

    private static RuleDescription describe(Rule rule, Optional<String> page) {
        RuleInfo info = rule.info();
        SortedMap<String, ProfileAction> actions = new TreeMap<>();
        actions.put("least-privilege", ProfileAction.of(rule.leastPrivilege()));
        actions.put("sandboxed", ProfileAction.of(rule.sandboxed()));
        return new RuleDescription(
                info.id(),
                info.title(),
                info.summary(),
                info.severity().label(),
                info.category(),
                info.layer().label(),
                info.level()
                        .map(PodSecurityLevel::name)
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .orElse("own"),
                actions,
                info.standards().stream().map(StandardReference::of).toList(),
                info.helpUrl(),
                page);
    }
}
