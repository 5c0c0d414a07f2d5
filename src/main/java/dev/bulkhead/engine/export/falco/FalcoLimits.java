package dev.bulkhead.engine.export.falco;

import dev.bulkhead.engine.export.falco.Watch.Control;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Policy.NamespaceLabels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What Falco's rules do not say, or not as admission does. */
final class FalcoLimits {
    private final List<String> ofPolicies = new ArrayList<>();

    /** Whether a violation of that rule would show in what is watched. */
    static boolean isWatched(String ruleId) {
        return ruleId.equals("privileged")
                || ruleId.equals("runAsUser")
                || Stream.of(Control.values())
                        .anyMatch(control -> control.rules().contains(ruleId));
    }

    void add(String limit) {
        ofPolicies.add(limit);
    }

    void nothingToWatch(String policy, Mode mode) {
        add(policy + " rules out nothing that Falco can watch"
                + (mode == Mode.ENFORCE ? "" : ": it is in mode " + mode.label() + " and denies nothing"));
    }

    void ofLabels(String name, Policy policy) {
        if (policy.namespaceLabels() == NamespaceLabels.ANY) {
            add(name
                    + " is watched everywhere as it is written, also where a namespace's bulkhead.dev labels loosen it;"
                    + " give the cluster's namespaces with --namespaces");
        } else if (policy.namespaceLabels() == NamespaceLabels.TIGHTEN) {
            add(name + " is watched as it is written: what a namespace's bulkhead.dev labels add is not, unless"
                    + " --namespaces gives the cluster's namespaces");
        }
        if (policy.podSecurityLabels()) {
            add(name + ": what a namespace's labels of Pod Security Admission ask for is not watched, unless"
                    + " --namespaces gives the cluster's namespaces");
        }
    }

    void ofExemptions(List<Exemption> exemptions, Set<Watch> watched) {
        for (Exemption exemption : exemptions) {
            if (watched.stream().allMatch(watch -> Excuses.of(exemption, watch).isEmpty())) {
                add("exemption " + exemption.name() + " has no exception: it excuses nothing that is watched");
            } else if (exemption.match().workloads().stream().anyMatch(owner -> !PodNames.isKnown(owner.kind()))) {
                add("exemption " + exemption.name()
                        + " counts for every pod whose name begins as its workload's: how that kind names its pods is not"
                        + " known");
            }
        }
    }

    /** All of them, those of policies and exemptions first. */
    List<String> all(Collection<Watch> watched, Set<String> unwatched, boolean namespacesKnown) {
        List<String> all = new ArrayList<>(ofPolicies);
        if (!unwatched.isEmpty()) {
            all.add("violations of these rules are not watched, because nothing that Falco sees shows them: "
                    + String.join(", ", unwatched));
        }
        if (watched.isEmpty()) {
            return all;
        }
        if (namespacesKnown) {
            all.add("namespaces that were not given are not watched: export again when there are new ones");
        }
        all.add("Falco cannot tell when a pod was admitted: pods from before a policy was in force, and pods admitted"
                + " under an exemption that has expired since, are watched as all others");
        all.add(
                "nothing is seen inside gVisor and Kata Containers, on Windows, and of pods that share the node's process"
                        + " namespace (hostPID)");
        if (has(watched, Control.USER)) {
            all.add(
                    "root in a pod with a user namespace (hostUsers: false) is another user on the node, and not reported");
        }
        if (has(watched, Control.FILESYSTEM)) {
            all.add(
                    "writes to a root file system are seen where it is an overlayfs, and only when a file is opened or run:"
                            + " not mkdir, rename, link, unlink or chmod");
        }
        if (has(watched, Control.SOCKET)) {
            all.add(
                    "control sockets are known by the name of their file, so that a program's own docker.sock counts, too,"
                            + " and a moved or renamed one does not");
        }
        if (has(watched, Control.CAPABILITIES)) {
            all.add("capabilities are looked at when a program starts, not when one is used: a process that gains some"
                    + " without an execve is not seen");
        }
        return all;
    }

    private static boolean has(Collection<Watch> watched, Control control) {
        return watched.stream().anyMatch(watch -> watch.control() == control);
    }
}
