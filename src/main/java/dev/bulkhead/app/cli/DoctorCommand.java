package dev.bulkhead.app.cli;

import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.KubeconfigOptions;
import dev.bulkhead.app.cli.option.StandardStream;
import dev.bulkhead.app.cli.option.StyleOptions;
import dev.bulkhead.app.cli.output.DiagnosisJson;
import dev.bulkhead.app.cli.output.DiagnosisTable;
import dev.bulkhead.app.cli.output.StatusLine;
import dev.bulkhead.app.cluster.doctor.Diagnosis;
import dev.bulkhead.app.cluster.doctor.FactReader;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.State;
import dev.bulkhead.app.cluster.doctor.check.Checks;
import dev.bulkhead.app.cluster.resource.Kubeconfig;
import dev.bulkhead.engine.policy.document.NameSyntax;
import dev.bulkhead.engine.text.SafeText;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Checks whether a cluster's installation works. */
@Command(
        name = "doctor",
        description = "Checks whether Bulkhead works in a cluster, and says what to do where it does not.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        sortSynopsis = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  bulkhead doctor",
            "  bulkhead doctor --context production -o json | jq '.checks[] | select(.state != \"ok\")'",
            "",
            "It changes nothing: it reads, asks for the rights of Bulkhead's account, and has the API",
            "server create a careless pod as a dry run.",
            "",
            "Exit codes: 0 all is well, 1 there is a problem (or a warning, with --fail-on warning),",
            "2 wrong usage, the cluster cannot be read, or something is unknown for lack of rights."
        })
final class DoctorCommand implements Callable<Integer> {
    private final CliEnvironment environment;

    @Spec
    private CommandSpec spec;

    @Mixin
    private KubeconfigOptions kubeconfig = new KubeconfigOptions();

    @Option(
            names = "--bulkhead-namespace",
            paramLabel = "NAME",
            description = "Bulkhead's namespace. Default: bulkhead-system.")
    private String home = "bulkhead-system";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}. Default: table.")
    private Format format = Format.TABLE;

    @Option(
            names = "--fail-on",
            paramLabel = "WHAT",
            description = "Exits with 1 where there is a problem, or a warning or problem: ${COMPLETION-CANDIDATES}."
                    + " Default: problem.")
    private FailOn failOn = FailOn.PROBLEM;

    @Mixin
    private StyleOptions look = new StyleOptions();

    private enum Format {
        TABLE,
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private enum FailOn {
        PROBLEM,
        WARNING;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    DoctorCommand() {
        this(CliEnvironment.ofProcess());
    }

    DoctorCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        if (!NameSyntax.NAMESPACE.accepts(home)) {
            throw new ParameterException(
                    spec.commandLine(), "--bulkhead-namespace: expected the name of a namespace, got " + home);
        }
        Config config = kubeconfig.config();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Facts facts;
        try (KubernetesClient client =
                        new KubernetesClientBuilder().withConfig(config).build();
                StatusLine line = new StatusLine(err, environment.isTerminal(StandardStream.ERR))) {
            facts = new FactReader(client, home, what -> line.show("reading " + what))
                    .read(environment.clock().instant());
        } catch (IOException | KubernetesClientException e) {
            err.println("bulkhead: the cluster at " + config.getMasterUrl() + " cannot be read: "
                    + SafeText.line(Kubeconfig.reason(e)));
            return ExitCode.USAGE;
        }
        Diagnosis diagnosis = Diagnosis.of(config.getMasterUrl(), facts, Checks.ALL);
        switch (format) {
            case TABLE -> out.print(DiagnosisTable.of(diagnosis, look.look(environment)));
            case JSON -> DiagnosisJson.write(diagnosis, out);
        }
        out.flush();
        return exitCode(diagnosis);
    }

    private int exitCode(Diagnosis diagnosis) {
        long failed = diagnosis.count(State.PROBLEM) + (failOn == FailOn.WARNING ? diagnosis.count(State.WARNING) : 0);
        if (failed > 0) {
            return ExitCode.SOFTWARE;
        }
        return diagnosis.count(State.UNKNOWN) > 0 ? ExitCode.USAGE : ExitCode.OK;
    }
}
