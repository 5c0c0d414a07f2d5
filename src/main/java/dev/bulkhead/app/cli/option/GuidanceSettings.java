package dev.bulkhead.app.cli.option;

import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.engine.rule.RuleInfo;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The rules' pages and the contact that output names, from the webhook's settings in the environment. */
public final class GuidanceSettings {
    private static final String PAGES = "BULKHEAD_DOCS_URL";
    private static final String CONTACT = "BULKHEAD_CONTACT";
    private static final String RULE = "{rule}";

    private final CliEnvironment environment;
    private final CommandLine command;

    /** Reads the settings of {@code environment}, and reports wrong ones as misuse of {@code command}. */
    public GuidanceSettings(CliEnvironment environment, CommandLine command) {
        this.environment = environment;
        this.command = command;
    }

    /**
     * Reads them from the environment, with the defaults.
     *
     * @throws ParameterException when a variable does not fit into a message
     */
    public Guidance read() {
        Guidance guidance = checked(PAGES, Guidance.DEFAULT::withPages).orElse(Guidance.DEFAULT);
        return checked(CONTACT, guidance::withContact).orElse(guidance);
    }

    /** The lines below a report: the platform team's pages and contact. Empty if neither is set. */
    public static String below(Guidance guidance) {
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
        String value = environment.variable(variable);
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
