package dev.bulkhead.app.cli.option;

import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.engine.policy.document.PolicyReader;
import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The option that limits how far ahead exemptions in policy files may expire; without it, the webhook's own setting
 * applies.
 */
public final class ExemptionOptions {
    private static final String VARIABLE =
            GateConfig.MAX_EXEMPTION_DURATION.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--exemption-max-duration",
            paramLabel = "DURATION",
            converter = ToDuration.class,
            description = "How far ahead an exemption may expire, such as 90d. Default: "
                    + GateConfig.MAX_EXEMPTION_DURATION + ", else 365d.")
    private Optional<Duration> given = Optional.empty();

    /** The value on the command line. */
    public Optional<Duration> given() {
        return given;
    }

    /** How far ahead an exemption may expire: by the option, the system property, the environment, the default. */
    public Duration maxDuration(CliEnvironment environment) {
        return given.or(() -> setting(
                        GateConfig.MAX_EXEMPTION_DURATION, System.getProperty(GateConfig.MAX_EXEMPTION_DURATION, "")))
                .or(() -> setting(VARIABLE, environment.variable(VARIABLE)))
                .orElse(PolicyReader.LONGEST_EXEMPTION);
    }

    private Optional<Duration> setting(String name, String text) {
        if (text.isBlank()) {
            return Optional.empty();
        }
        return Optional.of(parse(text)
                .orElseThrow(() -> new ParameterException(spec.commandLine(), name + ": " + expected(text))));
    }

    private static Optional<Duration> parse(String text) {
        try {
            return Optional.of(DurationConverter.parseDuration(text.strip()))
                    .filter(duration -> !duration.isNegative());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String expected(String text) {
        return "expected a duration such as 90d, got " + text;
    }

    /** Reads a duration such as 90d. */
    static final class ToDuration implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return parse(text).orElseThrow(() -> new TypeConversionException(expected(text)));
        }
    }
}
