package dev.bulkhead.app.cli.option;

import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.report.ReportFilter;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.text.Suggestions;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that choose what of a report is wanted. */
public final class FilterOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--rule",
            paramLabel = "RULE",
            split = ",",
            completionCandidates = RuleNames.class,
            description = "Only findings of these rules, for exit codes as well. May be repeated.")
    private List<String> rules = List.of();

    @Option(
            names = "--exclude-rule",
            paramLabel = "RULE",
            split = ",",
            completionCandidates = RuleNames.class,
            description = "No findings of these rules, for exit codes as well. May be repeated.")
    private List<String> excludedRules = List.of();

    @Option(
            names = "--only",
            paramLabel = "VERDICT",
            split = ",",
            completionCandidates = VerdictNames.class,
            description =
                    "Lists only what is denied, hardened, warned or passed. All of it counts for exit codes. May be"
                            + " repeated.")
    private List<Outcome> only = List.of();

    /** The rules that a shell completes. */
    public static final class RuleNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return RuleRegistry.ALL.stream().map(Rule::id).iterator();
        }
    }

    /** The verdicts that a shell completes. */
    public static final class VerdictNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.of(Outcome.values()).map(Outcome::label).iterator();
        }
    }

    /**
     * What is asked for.
     *
     * @throws ParameterException if there is no rule of a name
     */
    public ReportFilter filter() {
        return new ReportFilter(
                known("--rule", rules),
                known("--exclude-rule", excludedRules),
                Optional.empty(),
                new LinkedHashSet<>(only));
    }

    private Set<String> known(String option, List<String> names) {
        List<String> all = RuleRegistry.ALL.stream().map(Rule::id).toList();
        for (String name : names) {
            if (!all.contains(name)) {
                List<String> near = Suggestions.of(name, all);
                throw new ParameterException(
                        spec.commandLine(),
                        option + ": no rule is called \"" + SafeText.line(name) + "\""
                                + (near.isEmpty()
                                        ? "; `bulkhead rules` lists them"
                                        : "; did you mean " + String.join(" or ", near) + "?"));
            }
        }
        return new LinkedHashSet<>(names);
    }

    /**
     * Ends the command where one of these options is given together with what knows none.
     *
     * @param rulesOnly whether the others are known
     * @throws ParameterException if so
     */
    public void reject(String together, boolean rulesOnly) {
        if (!rules.isEmpty() || !excludedRules.isEmpty() || !(rulesOnly || only.isEmpty())) {
            throw new ParameterException(
                    spec.commandLine(),
                    (rulesOnly ? "--rule and --exclude-rule" : "--rule, --exclude-rule and --only")
                            + " cannot be given together with " + together);
        }
    }
}
