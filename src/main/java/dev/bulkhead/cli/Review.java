package dev.bulkhead.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.admission.Reviewer;
import dev.bulkhead.admission.Reviews;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Answers one review, as the gate would over HTTPS. */
@Command(
        name = "review",
        description = "Reads an AdmissionReview from standard input and writes the gate's answer.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = {"  bulkhead review --mutate < review.json"})
final class Review implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--mutate", description = "Answer as /mutate does, with a patch. Default: as /validate does.")
    private boolean mutate;

    @Mixin
    private final Demanding demanding = new Demanding();

    private final Clock clock = Clock.systemUTC();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Demanding.Answer demanded = demanding.answer(clock);
        if (!demanded.problems().isEmpty()) {
            demanded.problems().forEach(problem -> err.println(Terminal.safe(problem)));
            return ExitCode.USAGE;
        }
        Reviewer.Answer answer = Reviews.judgingBy(demanding.cluster(), clock)
                .answer(
                        mutate ? Reviewer.Path.MUTATE : Reviewer.Path.VALIDATE,
                        System.in.readAllBytes(),
                        demanded::policies);
        if (answer.status() != 200) {
            err.print("<stdin>: " + new String(answer.body(), StandardCharsets.UTF_8));
            err.flush();
            return ExitCode.USAGE;
        }
        ObjectMapper json = new ObjectMapper();
        out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(json.readTree(answer.body())));
        return ExitCode.OK;
    }
}
