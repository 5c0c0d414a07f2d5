package dev.bulkhead.engine.export;

import dev.bulkhead.engine.export.SecondLayer.Limit;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import java.util.ArrayList;
import java.util.List;

/** Where exported policies differ from the webhook whatever the rules. */
final class ExportLimits {
    private ExportLimits() {}

    static List<Limit> of(PolicySet policies, List<Exemption> exemptions) {
        List<Limit> limits = new ArrayList<>();
        for (Policy policy : policies.policies()) {
            if (policy.podSecurityLabels()) {
                limits.add(of(
                        policy.name(),
                        "the namespaces' labels of Pod Security Admission are left to the API server's own plugin"));
            }
        }
        if (policies.policies().stream()
                                .filter(policy ->
                                        policy.settings().sandboxClasses().isPresent())
                                .count()
                        > 0
                && policies.policies().size() > 1) {
            limits.add(of(
                    "sandboxRuntime",
                    "each policy counts the RuntimeClasses that it names itself, not those of another"));
        }
        limits.add(of("", "pod templates of custom kinds are not evaluated; the pods made from them are"));
        limits.add(of(
                "",
                "a controller is admitted where hardening cannot complete its pods, which are then denied (such as userNamespace"
                        + " with NFS volumes)"));
        limits.add(of(
                "",
                "a template is warned about its user, and warned about or denied for the node's user namespace, also where hardening"
                        + " gives its pods a user namespace or a sandbox, which the webhook takes into account"));
        limits.add(of("", "an update is not warned about the violations that it is not denied for"));
        limits.add(of(
                "",
                "an update of a template that sets explicitly what was unsafe because it was unset adds no violation; its pods are"
                        + " denied"));
        limits.add(of(
                "",
                "an update that makes a template one of Windows pods is denied for what was left to hardening so far and is not filled"
                        + " in on Windows; the webhook denies its pods only"));
        limits.add(of("", "a container counts as the same in an update if it has the same name, in whichever list"));
        if (!exemptions.isEmpty()) {
            limits.add(of(
                    "",
                    "an exemption counts in an update as it did when the object was created, since CEL has no clock"));
            limits.add(of(
                    "",
                    "an image change in a running pod is admitted with the violations that the pod had, also where an exemption"
                            + " for its owner covered them"));
        }
        if (exemptions.stream()
                .anyMatch(exemption -> !exemption.match().containers().isEmpty())) {
            limits.add(of(
                    "",
                    "a container counts as inheriting the pod's value, which an exemption must then cover for it too, also where"
                            + " another rule fills in its own"));
        }
        if (exemptions.size() > 1) {
            limits.add(
                    of(
                            "",
                            "where no single exemption covers all findings of a rule in a container, all of them are reported"));
        }
        return limits;
    }

    private static Limit of(String about, String text) {
        return new Limit(about, false, text);
    }
}
