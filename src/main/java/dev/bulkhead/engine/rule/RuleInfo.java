package dev.bulkhead.engine.rule;

import java.util.List;
import java.util.Optional;

/**
 * The metadata of a rule, from which lists, pages, reports and links are made.
 *
 * @param id the public name, in policies, reports and links
 * @param title what is wrong where the rule finds something, in a few words
 * @param summary what the rule requires, in a sentence
 * @param severity what an attacker gains where the requirement is not met
 * @param layer the layer that the rule guards
 * @param level the Pod Security level whose check it is; empty for Bulkhead's own rules
 * @param standards the recommendations that require the same
 */
public record RuleInfo(
        String id,
        String title,
        String summary,
        Severity severity,
        Layer layer,
        Optional<PodSecurityLevel> level,
        List<StandardControl> standards) {
    /** Stands for a rule's id in the address of its page. */
    private static final String ID = "{rule}";

    /**
     * The project's home. Files that are not Java repeat it; {@code ProjectHomeTest} has them agree, and rewrites them with
     * {@code -Dgolden.update=true}.
     */
    public static final String HOME = "https://github.com/bulkhead-dev/bulkhead";

    /** The default location of the rules' pages. */
    public static final String PAGES = HOME + "/blob/main/docs/rules/" + ID + ".md";

    public RuleInfo {
        standards = List.copyOf(standards);
    }

    /** A check of the baseline level. */
    public static RuleInfo baseline(
            String id, Layer layer, Severity severity, String title, String summary, StandardControl... standards) {
        return new RuleInfo(
                id, title, summary, severity, layer, Optional.of(PodSecurityLevel.BASELINE), List.of(standards));
    }

    /** A check of the restricted level. */
    public static RuleInfo restricted(
            String id, Layer layer, Severity severity, String title, String summary, StandardControl... standards) {
        return new RuleInfo(
                id, title, summary, severity, layer, Optional.of(PodSecurityLevel.RESTRICTED), List.of(standards));
    }

    /** A rule of Bulkhead's own. */
    public static RuleInfo bulkhead(
            String id, Layer layer, Severity severity, String title, String summary, StandardControl... standards) {
        return new RuleInfo(id, title, summary, severity, layer, Optional.empty(), List.of(standards));
    }

    /** The group that policy reports show the rule in. */
    public String category() {
        return level.map(of -> switch (of) {
                    case BASELINE -> "Pod Security Standards (Baseline)";
                    case RESTRICTED -> "Pod Security Standards (Restricted)";
                })
                .orElse("Bulkhead");
    }

    /** The address of the rule's page in the project's repository. */
    public String helpUrl() {
        return helpUrl(PAGES);
    }

    /**
     * The address of the rule's page among other pages.
     *
     * @param pages an address in which {@code {rule}} stands for the id; one without it is followed by the id
     */
    public String helpUrl(String pages) {
        return pages.contains(ID) ? pages.replace(ID, id) : pages + id;
    }
}
