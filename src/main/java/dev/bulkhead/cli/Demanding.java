package dev.bulkhead.cli;

import dev.bulkhead.manifest.PolicyFiles;
import dev.bulkhead.manifest.Problem;
import dev.bulkhead.policy.Policies;
import dev.bulkhead.policy.Profile;
import dev.bulkhead.rule.Cluster;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what is demanded; commands mix them in. */
final class Demanding {
    private static final Pattern VERSION = Pattern.compile("v?1\\.(0|[1-9][0-9]{0,3})");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--profile",
            paramLabel = "PROFILE",
            description = "Judge by this profile: " + Profile.NAMES + ". Default: least-privilege.")
    private Optional<String> profile = Optional.empty();

    @Option(
            names = "--policy",
            paramLabel = "PATH",
            description = "Judge by the policies and exemptions in this file or folder; may be repeated.")
    private List<Path> policies = List.of();

    @Option(
            names = "--kube-version",
            paramLabel = "1.N",
            description = "The cluster's version. Default: 1." + Cluster.NEWEST_MINOR + ".")
    private Optional<String> kubeVersion = Optional.empty();

    /** What is demanded; where the policy files have problems, each in a line, it must not be used. */
    record Answer(Policies policies, String name, List<String> problems) {}

    Answer answer(Clock clock) {
        if (profile.isPresent() && !policies.isEmpty()) {
            throw wrong("--profile and --policy exclude each other: a policy names its profile");
        }
        if (policies.isEmpty()) {
            String name = profile.orElse(Profile.LEAST_PRIVILEGE.toString());
            Profile parsed = Profile.parse(name)
                    .orElseThrow(() -> wrong("--profile: expected " + Profile.NAMES + ", got \"" + name + "\""));
            return new Answer(Policies.of(parsed), parsed.toString(), List.of());
        }
        PolicyFiles files = PolicyFiles.read(policies, clock.instant(), PolicyFiles.LONGEST_EXEMPTION);
        if (files.problems().isEmpty()) {
            return new Answer(files.inForce(Profile.LEAST_PRIVILEGE), "policy", List.of());
        }
        List<String> problems = files.problems().stream().map(Problem::describe).toList();
        return new Answer(Policies.of(Profile.LEAST_PRIVILEGE), "policy", problems);
    }

    Cluster cluster() {
        return kubeVersion
                .map(text -> {
                    Matcher version = VERSION.matcher(text);
                    if (!version.matches()) {
                        throw wrong("--kube-version: expected 1.N, such as 1.34, got \"" + text + "\"");
                    }
                    return Cluster.offline(Integer.parseInt(version.group(1)));
                })
                .orElse(Cluster.offline(Cluster.NEWEST_MINOR));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
