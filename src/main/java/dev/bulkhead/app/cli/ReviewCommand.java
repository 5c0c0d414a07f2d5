package dev.bulkhead.app.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.admission.AdmissionReviewHandler;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.GuidanceSettings;
import dev.bulkhead.app.cli.option.KindOptions;
import dev.bulkhead.app.cli.option.PolicyOptions;
import dev.bulkhead.app.cli.output.JsonText;
import dev.bulkhead.engine.text.SafeText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Answers one AdmissionReview, as the webhook would. */
@Command(
        name = "review",
        description = "Reads an AdmissionReview on standard input and writes the webhook's answer.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        sortSynopsis = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  bulkhead review < review.json",
            "  bulkhead review --mutate < review.json | jq -r .response.patch",
            "",
            "Exit codes: 0 it is answered, whatever the verdict, 2 it is no AdmissionReview."
        })
final class ReviewCommand implements Callable<Integer> {
    /** The webhook's own limit. */
    private static final int MOST_BYTES = 32 << 20;

    private final CliEnvironment environment;

    @Spec
    private CommandSpec spec;

    @Option(names = "--mutate", description = "Answers with what would be filled in, instead of a verdict.")
    private boolean mutate;

    @Mixin
    private PolicyOptions by = new PolicyOptions();

    @Mixin
    private KindOptions kinds = new KindOptions();

    ReviewCommand() {
        this(CliEnvironment.ofProcess());
    }

    ReviewCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        Optional<PolicyOptions.Basis> basis = by.basis(environment);
        if (basis.isEmpty()) {
            return ExitCode.USAGE;
        }
        byte[] body = environment.in().readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            return wrong("the review is larger than " + (MOST_BYTES >> 20) + " MiB");
        }
        AdmissionService.Answer answer = AdmissionReviewHandler.by(
                        kinds.kinds(),
                        by.cluster(),
                        environment.clock(),
                        new GuidanceSettings(environment, spec.commandLine()).read())
                .answer(
                        mutate ? AdmissionService.Path.MUTATE : AdmissionService.Path.VALIDATE,
                        body,
                        () -> basis.get().policies());
        if (answer.status() != 200) {
            return wrong(new String(answer.body(), StandardCharsets.UTF_8).strip());
        }
        PrintWriter out = spec.commandLine().getOut();
        try (JsonGenerator json = JsonText.generator(out)) {
            JsonText.write(json, new ObjectMapper().readTree(answer.body()));
        }
        out.println();
        return ExitCode.OK;
    }

    private int wrong(String message) {
        spec.commandLine().getErr().println(SafeText.line("<stdin>: " + message));
        return ExitCode.USAGE;
    }
}
