package dev.bulkhead.app.cli.export;

import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.PolicyOptions;
import dev.bulkhead.engine.export.falco.FalcoExport;
import dev.bulkhead.engine.export.falco.FalcoRules;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.manifest.ManifestProblem;
import dev.bulkhead.manifest.NamespaceFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the policies as rules of Falco. */
@Command(
        name = "falco",
        description =
                "Writes rules for Falco that watch at run time what the policies rule out: root, writes to a read-only"
                        + " root file system, runtime sockets, dropped capabilities.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        sortSynopsis = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  bulkhead export falco > bulkhead-rules.yaml",
            "  kubectl get namespaces -o yaml > namespaces.yaml",
            "  bulkhead export falco --policy policies/ --namespaces namespaces.yaml",
            "",
            "The output begins with what it does not say, and is complete by itself: every",
            "macro and list that the rules use is in it. See docs/falco.md to load it."
        })
final class ExportFalcoCommand implements Callable<Integer> {
    private final CliEnvironment environment;

    @Spec
    private CommandSpec spec;

    @Mixin
    private PolicyOptions by = new PolicyOptions();

    @Option(
            names = "--namespaces",
            paramLabel = "NAMESPACES",
            arity = "1..*",
            description =
                    "Namespaces of the cluster in files, whose labels select policies: Falco does not know them. Only"
                            + " these are watched.")
    private List<Path> namespaces = List.of();

    @Option(
            names = "--exclude-namespace",
            paramLabel = "NAME",
            arity = "1..*",
            description = "Namespaces that the webhook is not called for. Default: kube-system and bulkhead-system.")
    private List<String> excluded = List.of("kube-system", "bulkhead-system");

    ExportFalcoCommand() {
        this(CliEnvironment.ofProcess());
    }

    ExportFalcoCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        Optional<PolicyOptions.Basis> basis = by.basis(environment);
        NamespaceFiles known = NamespaceFiles.read(namespaces);
        known.problems().stream()
                .map(ManifestProblem::describe)
                .map(SafeText::line)
                .forEach(err::println);
        if (basis.isEmpty() || !known.problems().isEmpty()) {
            return ExitCode.USAGE;
        }
        Optional<List<Namespace>> given = namespaces.isEmpty() ? Optional.empty() : Optional.of(known.namespaces());
        FalcoRules rules = FalcoExport.of(
                basis.get().policies(), by.cluster(), environment.clock().instant(), new TreeSet<>(excluded), given);
        PrintWriter out = spec.commandLine().getOut();
        String[] version = spec.root().version();
        out.print(FalcoText.of(rules, basis.get().policies(), version.length == 0 ? "bulkhead" : version[0]));
        out.flush();
        rules.limits().forEach(limit -> err.println(SafeText.line("bulkhead: not said: " + limit)));
        return ExitCode.OK;
    }
}
