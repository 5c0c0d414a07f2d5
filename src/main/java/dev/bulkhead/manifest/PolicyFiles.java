package dev.bulkhead.manifest;

import dev.bulkhead.policy.Exemption;
import dev.bulkhead.policy.Policies;
import dev.bulkhead.policy.Policy;
import dev.bulkhead.policy.PolicyReader;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The policies and exemptions that files hold, with everything that is wrong with them.
 *
 * @param problems in the files' order; if there is one, the files must not be used
 */
public record PolicyFiles(List<Policy> policies, List<Exemption> exemptions, List<Problem> problems) {
    /** How far ahead an exemption may expire at most. */
    public static final Duration LONGEST_EXEMPTION = Duration.ofDays(366);

    public PolicyFiles {
        policies = List.copyOf(policies);
        exemptions = List.copyOf(exemptions);
        problems = List.copyOf(problems);
    }

    /** Reads files and folders of them; never throws for what they hold. */
    public static PolicyFiles read(List<String> paths, Instant now) {
        List<Policy> policies = new ArrayList<>();
        List<Exemption> exemptions = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        Map<String, String> places = new HashMap<>();
        ManifestFiles.of(paths)
                .forEach(
                        InputStream.nullInputStream(),
                        result -> result.fold(
                                document -> {
                                    for (ManifestObject object : document.objects()) {
                                        read(object, now, policies, exemptions, problems, places);
                                    }
                                    return true;
                                },
                                problems::add));
        if (policies.isEmpty() && exemptions.isEmpty() && problems.isEmpty()) {
            problems.add(Problem.ofFile(
                    String.join(", ", paths), "expected a " + PolicyReader.POLICY_KIND + ", found no document"));
        }
        return new PolicyFiles(policies, exemptions, problems);
    }

    private static void read(
            ManifestObject object,
            Instant now,
            List<Policy> policies,
            List<Exemption> exemptions,
            List<Problem> problems,
            Map<String, String> places) {
        PolicyReader.Reading reading = PolicyReader.read(object.node(), now, LONGEST_EXEMPTION);
        if (reading instanceof PolicyReader.Reading.Refused refused) {
            for (dev.bulkhead.policy.Problem problem : refused.problems()) {
                problems.add(at(object, problem.pointer(), problem.pointer() + ": " + problem.message()));
            }
        } else if (reading instanceof PolicyReader.Reading.OfPolicy of) {
            policies.add(of.policy());
            unique(object, "policy " + of.policy().name(), problems, places);
        } else if (reading instanceof PolicyReader.Reading.OfExemption of) {
            exemptions.add(of.exemption());
            unique(object, "exemption " + of.exemption().name(), problems, places);
        }
    }

    private static void unique(ManifestObject object, String name, List<Problem> problems, Map<String, String> places) {
        String here = object.document().file() + ":" + object.position("").line();
        String there = places.putIfAbsent(name, here);
        if (there != null) {
            problems.add(at(object, "/metadata/name", "there is another " + name + " at " + there));
        }
    }

    private static Problem at(ManifestObject object, String pointer, String message) {
        return Problem.at(object.document().file(), object.position(pointer), message);
    }

    /** What they demand, taken together. */
    public Policies toPolicies() {
        return new Policies(policies, exemptions);
    }
}
