package dev.bulkhead.app.cli.export;

import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.PolicyOptions;
import dev.bulkhead.engine.export.SecondLayer;
import dev.bulkhead.engine.export.SecondLayerExport;
import dev.bulkhead.engine.export.ValidatingPolicy;
import dev.bulkhead.engine.policy.document.NameSyntax;
import dev.bulkhead.engine.text.SafeText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes the policies as the API server's own admission policies. */
@Command(
        name = "vap",
        description =
                "Writes the policies and exemptions as ValidatingAdmissionPolicies, and as a MutatingAdmissionPolicy for"
                        + " what can be filled in: a second layer inside the API server, which holds while the webhook is down.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        sortSynopsis = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  bulkhead export vap > second-layer.yaml",
            "  bulkhead export vap --policy policies/ --kube-version 1.34 | kubectl apply -f -",
            "  bulkhead export vap --policy policies/ --static --output-dir bulkhead/",
            "",
            "The output begins with what it does not say. Pods whose unset fields nothing",
            "fills in are denied: see docs/second-layer.md before you apply it."
        })
final class ExportVapCommand implements Callable<Integer> {
    private static final Pattern NODE_PATH = Pattern.compile("(/[A-Za-z0-9._-]+)+");
    private static final String NODE_DIRECTORY = "/etc/kubernetes/bulkhead";

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

    @Option(
            names = "--validating-only",
            description =
                    "Fills in nothing: pods that leave unset what the webhook fills in are denied while it is down.")
    private boolean validatingOnly;

    @Option(
            names = "--static",
            description =
                    "Writes files for the API server's static admission manifests instead (Kubernetes 1.37): policies"
                            + " that hold before the API server serves its first request, and that its API can neither show nor"
                            + " delete. Needs --output-dir.")
    private boolean asStatic;

    @Option(
            names = "--output-dir",
            paramLabel = "DIR",
            description = "Where --static writes admission.yaml and the policies. Replaces only what it wrote itself.")
    private Optional<Path> output = Optional.empty();

    @Option(
            names = "--node-dir",
            paramLabel = "PATH",
            description = "Where the nodes of the control plane will have that directory; an absolute path. Default: "
                    + NODE_DIRECTORY + ".")
    private String nodeDirectory = NODE_DIRECTORY;

    ExportVapCommand() {
        this(CliEnvironment.ofProcess());
    }

    ExportVapCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        checkOptions();
        Optional<PolicyOptions.Basis> basis = by.basis(environment);
        if (basis.isEmpty()) {
            return ExitCode.USAGE;
        }
        Set<String> namespaces = new TreeSet<>(excluded);
        SecondLayer exported = SecondLayerExport.of(
                basis.get().policies(), by.cluster(), environment.clock().instant(), namespaces);
        SecondLayer layer = validatingOnly ? exported.withoutMutating() : exported;
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        String version = String.join(" ", version());
        if (output.isPresent()) {
            if (layer.policies().isEmpty() && layer.mutating().isEmpty()) {
                err.println("bulkhead: the policies forbid nothing: nothing was written");
                return ExitCode.USAGE;
            }
            StaticManifests manifests =
                    StaticManifests.of(layer, basis.get().policies(), by.cluster(), version, nodeDirectory);
            if (!write(manifests, output.get(), err)) {
                return ExitCode.SOFTWARE;
            }
            manifests
                    .files()
                    .keySet()
                    .forEach(file ->
                            out.println(SafeText.line(output.get().resolve(file).toString())));
        } else {
            out.print(SecondLayerText.of(layer, basis.get().policies(), by.cluster(), version));
        }
        out.flush();
        SecondLayerText.limits(layer).forEach(limit -> err.println(SafeText.line("bulkhead: " + limit)));
        return ExitCode.OK;
    }

    private void checkOptions() {
        if (by.cluster().minor() < ValidatingPolicy.SINCE_MINOR) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Kubernetes 1." + by.cluster().minor() + " has no ValidatingAdmissionPolicy in its API v1: expected"
                            + " --kube-version 1." + ValidatingPolicy.SINCE_MINOR + " or newer");
        }
        for (String namespace : excluded) {
            if (!NameSyntax.NAMESPACE.accepts(namespace)) {
                throw new ParameterException(
                        spec.commandLine(), "--exclude-namespace: " + NameSyntax.NAMESPACE.objectionTo(namespace));
            }
        }
        if (asStatic && output.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--static needs --output-dir");
        }
        if (!asStatic && (output.isPresent() || !nodeDirectory.equals(NODE_DIRECTORY))) {
            throw new ParameterException(spec.commandLine(), "--output-dir and --node-dir belong to --static");
        }
        if (asStatic && by.cluster().minor() < StaticManifests.SINCE_MINOR) {
            throw new ParameterException(
                    spec.commandLine(), "--static needs Kubernetes 1." + StaticManifests.SINCE_MINOR);
        }
        if (!NODE_PATH.matcher(nodeDirectory).matches()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--node-dir: expected an absolute path of letters, digits, '.', '_' and '-', got " + nodeDirectory);
        }
    }

    private static boolean write(StaticManifests manifests, Path directory, PrintWriter err) {
        try {
            manifests.write(directory);
            return true;
        } catch (FileAlreadyExistsException e) {
            err.println(SafeText.line(
                    "bulkhead: " + e.getFile() + " is not of an export, and is not overwritten: nothing was written"));
        } catch (IOException e) {
            err.println(SafeText.line("bulkhead: cannot write to " + directory + ": " + e));
        }
        return false;
    }

    /** The program's name and version. */
    private List<String> version() {
        String[] lines = spec.root().version();
        return lines.length == 0 ? List.of("bulkhead") : List.of(lines[0]);
    }
}
