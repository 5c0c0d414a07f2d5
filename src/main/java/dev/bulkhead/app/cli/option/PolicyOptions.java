package dev.bulkhead.app.cli.option;

import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.manifest.ManifestProblem;
import dev.bulkhead.manifest.PolicyFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options that select the policies. */
public final class PolicyOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--profile",
            paramLabel = "PROFILE",
            converter = ToProfile.class,
            completionCandidates = ProfileNames.class,
            description = "Evaluates with this profile: " + Profile.NAMES + "; with --policy, what no policy matches."
                    + " Default: least-privilege.")
    private Optional<Profile> profile = Optional.empty();

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            arity = "1..*",
            description = "Evaluates with the policies and exemptions in these files or directories.")
    private List<Path> files = List.of();

    @Option(
            names = "--default-policy",
            paramLabel = "WHICH",
            description =
                    "What applies to workloads that no policy matches: fallback evaluates them with --profile, none"
                            + " admits them. Default: fallback.")
    private DefaultPolicy defaultPolicy = DefaultPolicy.FALLBACK;

    @Option(
            names = "--kube-version",
            paramLabel = "VERSION",
            converter = ToMinor.class,
            description = "Version of the cluster, as 1.N. Default: 1." + ClusterCapabilities.NEWEST_MINOR + ".")
    private int minor = ClusterCapabilities.NEWEST_MINOR;

    @Mixin
    private ExemptionOptions exemptions = new ExemptionOptions();

    /**
     * The policies to evaluate with.
     *
     * @param profile the profile's name where there is one; {@code policy} where policies have several
     */
    public record Basis(PolicySet policies, String profile) {}

    /** What the cluster can, by its version. */
    public ClusterCapabilities cluster() {
        return ClusterCapabilities.offline(minor);
    }

    /** The same, where more is known of images than everywhere. */
    public ClusterCapabilities cluster(ImageLookup images) {
        ClusterCapabilities known = cluster();
        return new ClusterCapabilities(
                known.minor(), known.runtimeClasses(), known.claims(), images.orElse(known.images()));
    }

    /** How far ahead an exemption may expire. */
    public Duration maxExemptionDuration(CliEnvironment environment) {
        return exemptions.maxDuration(environment);
    }

    /** The policies to evaluate with; empty if the files have problems, which were printed. */
    public Optional<Basis> basis(CliEnvironment environment) {
        Instant now = environment.clock().instant();
        Profile builtIn = profile.orElse(Profile.LEAST_PRIVILEGE);
        if (files.isEmpty()) {
            if (defaultPolicy == DefaultPolicy.NONE) {
                throw new ParameterException(
                        spec.commandLine(), "--default-policy none needs --policy: nothing would be evaluated");
            }
            return Optional.of(new Basis(PolicySet.of(builtIn), builtIn.toString()));
        }
        PolicyFiles read = PolicyFiles.read(files, now, exemptions.maxDuration(environment), defaultPolicy);
        if (!read.problems().isEmpty()) {
            PrintWriter err = spec.commandLine().getErr();
            read.problems().stream()
                    .map(ManifestProblem::describe)
                    .map(SafeText::line)
                    .forEach(err::println);
            return Optional.empty();
        }
        PolicySet policies = read.inForce(defaultPolicy.fallback(Policy.builtIn(builtIn)));
        List<String> profiles = policies.policies().stream()
                .map(Policy::profile)
                .map(Profile::toString)
                .distinct()
                .toList();
        return Optional.of(new Basis(policies, profiles.size() == 1 ? profiles.get(0) : "policy"));
    }

    /** The profiles that a shell completes. */
    public static final class ProfileNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.of(Profile.Kind.values()).map(Profile.Kind::label).iterator();
        }
    }

    /** Reads the name of a profile. */
    public static final class ToProfile implements ITypeConverter<Profile> {
        @Override
        public Profile convert(String text) {
            return Profile.parse(text)
                    .orElseThrow(() -> new TypeConversionException("expected " + Profile.NAMES + ", got " + text));
        }
    }

    private static final class ToMinor implements ITypeConverter<Integer> {
        private static final Pattern VERSION = Pattern.compile("v?1\\.(0|[1-9][0-9]{0,3})");

        @Override
        public Integer convert(String text) {
            Matcher version = VERSION.matcher(text);
            if (!version.matches()) {
                throw new TypeConversionException("expected a version such as 1.33, got " + text);
            }
            return Integer.valueOf(version.group(1));
        }
    }
}
