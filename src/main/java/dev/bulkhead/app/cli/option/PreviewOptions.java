package dev.bulkhead.app.cli.option;

import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.preview.OwnerLabels;
import dev.bulkhead.engine.preview.PreviewPolicies;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.manifest.PolicyFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options that say what a preview enforces. */
public final class PreviewOptions {
    private static final String ENFORCE = "enforce";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @ArgGroup
    private Basis basis = new Basis();

    @Option(
            names = "--on-top",
            description = "With --policy: the files' policies are enforced besides the cluster's, not instead of them.")
    private boolean onTop;

    @Option(
            names = "--owner-label",
            paramLabel = "KEY",
            description =
                    "Label that says to whom a workload belongs, of the workload or of its namespace; may be repeated."
                            + " Default: app.kubernetes.io/part-of, team, owner.")
    private List<String> ownerLabels = OwnerLabels.DEFAULT.keys();

    @Option(
            names = "--node-stats",
            paramLabel = "ACCOUNT",
            arity = "0..1",
            fallbackValue = "bulkhead-node-stats",
            description = "Also asks kubelets which containers write to their root file systems, with a token of this"
                    + " ServiceAccount in Bulkhead's namespace, which needs get of nodes/stats and should have no more."
                    + " Default: bulkhead-node-stats, as the chart makes it with scan.nodeStats.enabled.")
    private Optional<String> nodeStats = Optional.empty();

    @Option(
            names = "--kubelet-ca",
            paramLabel = "FILE",
            description =
                    "CAs of the kubelets' serving certificates, PEM. Default: that of the API server. A kubelet with"
                            + " another certificate is not asked.")
    private Optional<Path> kubeletCa = Optional.empty();

    private static final class Basis {
        @Option(
                names = "--preview",
                paramLabel = "PROFILE",
                converter = ToTarget.class,
                description = "What enforcing this profile everywhere would do: " + Profile.NAMES
                        + ". Or enforce: what the cluster's own policies would do if all were in mode enforce."
                        + " The cluster's exemptions apply.")
        private Optional<Target> target = Optional.empty();

        @Option(
                names = "--policy",
                paramLabel = "FILE",
                arity = "1..*",
                description = "What enforcing the policies and exemptions in these files or directories would do.")
        private List<Path> files = List.of();

        @Option(
                names = "--label",
                paramLabel = "KEY=VALUE",
                description = "What labelling the namespaces would do, such as bulkhead.dev/profile=restricted or"
                        + " pod-security.kubernetes.io/enforce=baseline; may be repeated.")
        private Map<String, String> labels = new LinkedHashMap<>();
    }

    /**
     * What {@code --preview} names.
     *
     * @param profile empty for the cluster's policies
     */
    private record Target(Optional<Profile> profile) {}

    /** Whether a preview is asked for. */
    public boolean isGiven() {
        return basis.target.isPresent() || !basis.files.isEmpty() || !basis.labels.isEmpty();
    }

    /** The ServiceAccount by which kubelets are asked; empty if they are not. */
    public Optional<String> nodeStats() {
        return nodeStats;
    }

    /** The CAs of kubelets, if they are not that of the API server. */
    public Optional<Path> kubeletCa() {
        return kubeletCa;
    }

    /** Which labels say to whom a workload belongs. */
    public OwnerLabels ownerLabels() {
        return new OwnerLabels(ownerLabels);
    }

    /**
     * Reads the files, before a cluster is read.
     *
     * @return empty if they have problems, which were printed
     */
    public Optional<Given> read(Instant now, Duration longestExemption) {
        if (onTop && basis.files.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--on-top needs --policy");
        }
        if (basis.files.isEmpty()) {
            return Optional.of(new Given(Optional.empty()));
        }
        PolicyFiles files = PolicyFiles.read(basis.files, now, longestExemption, DefaultPolicy.FALLBACK);
        files.problems().forEach(problem -> spec.commandLine().getErr().println(SafeText.line(problem.describe())));
        return files.problems().isEmpty() ? Optional.of(new Given(Optional.of(files))) : Optional.empty();
    }

    /** What was given, with the files' content. */
    public final class Given {
        private final Optional<PolicyFiles> files;

        private Given(Optional<PolicyFiles> files) {
            this.files = files;
        }

        /**
         * The policies that would be in force.
         *
         * @param installed what is in force now
         * @param hasBulkhead whether Bulkhead is in the cluster at all; if not, labels are evaluated alone
         */
        public PreviewPolicies policies(PolicySet installed, boolean hasBulkhead) {
            if (files.isPresent()) {
                String name = basis.files.stream().map(Path::toString).collect(Collectors.joining(", "));
                return onTop
                        ? PreviewPolicies.beside(
                                name, files.get().policies(), files.get().exemptions(), installed)
                        : PreviewPolicies.instead(
                                name,
                                files.get().policies(),
                                files.get().exemptions(),
                                Optional.of(Policy.builtIn(Profile.LEAST_PRIVILEGE)));
            }
            if (!basis.labels.isEmpty()) {
                return PreviewPolicies.ofLabels(
                        basis.labels, hasBulkhead ? installed : PolicySet.of(Profile.PRIVILEGED));
            }
            return basis.target
                    .flatMap(Target::profile)
                    .map(profile -> PreviewPolicies.ofProfile(profile, installed))
                    .orElseGet(() -> PreviewPolicies.enforcing(installed));
        }
    }

    private static final class ToTarget implements ITypeConverter<Target> {
        @Override
        public Target convert(String text) {
            if (text.equals(ENFORCE)) {
                return new Target(Optional.empty());
            }
            return new Target(Optional.of(Profile.parse(text)
                    .orElseThrow(() -> new TypeConversionException(
                            "expected " + Profile.NAMES + " or " + ENFORCE + ", got " + text))));
        }
    }
}
