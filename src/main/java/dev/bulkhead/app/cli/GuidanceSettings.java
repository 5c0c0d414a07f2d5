package dev.bulkhead.app.cli;

import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.engine.rule.RuleInfo;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Where output sends its reader, by the gate's settings in the environment: the same for everybody in a team. */
final class GuidanceSettings {
    private static final String PAGES = "BULKHEAD_DOCS_URL";
    private static final String CONTACT = "BULKHEAD_CONTACT";
    private static final String RULE = "{rule}";

    private final CliEnvironment surroundings;
    private final CommandLine command;

    GuidanceSettings(CliEnvironment surroundings, CommandLine command) {
        this.surroundings = surroundings;
        this.command = command;
    }

    /**
     * What the environment says, or what is usual.
     *
     * @throws ParameterException when a variable does not hold what fits a message
     */
    Guidance read() {
        Guidance guidance = checked(PAGES, Guidance.DEFAULT::withPages).orElse(Guidance.DEFAULT);
        return checked(CONTACT, guidance::withContact).orElse(guidance);
    }

    /** What to say below a report: pages of the platform team's own, and whom to ask. Empty where none is set. */
    static String below(Guidance guidance) {
        StringBuilder text = new StringBuilder();
        if (!guidance.pages().equals(RuleInfo.PAGES)) {
            String rule = guidance.pages().contains(RULE) ? "" : RULE;
            text.append("Pages of the rules: ")
                    .append((guidance.pages() + rule).replace(RULE, "RULE"))
                    .append('\n');
        }
        guidance.contactLine().ifPresent(line -> text.append(line).append('\n'));
        return text.toString();
    }

    private Optional<Guidance> checked(String variable, Function<String, Guidance> setting) {
        String value = surroundings.variable(variable);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(setting.apply(value));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, variable + ": " + e.getMessage(), e);
        }
    }
}
