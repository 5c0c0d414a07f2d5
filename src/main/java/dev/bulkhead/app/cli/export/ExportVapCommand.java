package dev.bulkhead.app.cli.export;

import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.PolicyOptions;
import dev.bulkhead.engine.export.SecondLayer;
import dev.bulkhead.engine.export.SecondLayerExport;
import dev.bulkhead.engine.text.SafeText;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the policies as the API server's own admission policies. */
@Command(
        name = "vap",
        description = "Writes the policies and exemptions as ValidatingAdmissionPolicies: a second layer inside the API"
                + " server, which holds while the webhook is down.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        sortSynopsis = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  bulkhead export vap > second-layer.yaml",
            "  bulkhead export vap --policy policies/ --kube-version 1.34 | kubectl apply -f -",
            "",
            "The output begins with what it does not say. Pods whose unset fields nothing",
            "fills in are denied: see docs/second-layer.md before you apply it."
        })
final class ExportVapCommand implements Callable<Integer> {
    private final CliEnvironment environment;

    @Spec
    private CommandSpec spec;

    @Mixin
    private PolicyOptions by = new PolicyOptions();

    @Option(
            names = "--exclude-namespace",
            paramLabel = "NAME",
            arity = "1..*",
            description = "Namespaces that the webhook is not called for. Default: kube-system and bulkhead-system.")
    private List<String> excluded = List.of("kube-system", "bulkhead-system");

    ExportVapCommand() {
        this(CliEnvironment.ofProcess());
    }

    ExportVapCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        Optional<PolicyOptions.Basis> basis = by.basis(environment);
        if (basis.isEmpty()) {
            return ExitCode.USAGE;
        }
        Set<String> namespaces = new TreeSet<>(excluded);
        SecondLayer layer = SecondLayerExport.of(
                basis.get().policies(), by.cluster(), environment.clock().instant(), namespaces);
        PrintWriter out = spec.commandLine().getOut();
        out.print(SecondLayerText.of(layer, basis.get().policies(), by.cluster(), String.join(" ", version())));
        out.flush();
        PrintWriter err = spec.commandLine().getErr();
        SecondLayerText.limits(layer).forEach(limit -> err.println(SafeText.line("bulkhead: " + limit)));
        return ExitCode.OK;
    }

    /** The program's name and version. */
    private List<String> version() {
        String[] lines = spec.root().version();
        return lines.length == 0 ? List.of("bulkhead") : List.of(lines[0]);
    }
}
