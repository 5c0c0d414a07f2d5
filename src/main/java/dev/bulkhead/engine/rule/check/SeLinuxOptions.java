package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.NSA_CISA;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * SELinux confines containers by their type; another type, user or role may be unconfined.
 *
 * <p>Fields: {@code securityContext.seLinuxOptions} of the pod and of every container. Allowed: type empty, container_t,
 * container_init_t, container_kvm_t, from 1.31 container_engine_t; user and role empty. Versions: all.
 */
final class SeLinuxOptions extends PodSecurityRule {
    SeLinuxOptions() {
        super(RuleInfo.baseline(
                "seLinuxOptions",
                Layer.CONFINEMENT,
                Severity.MEDIUM,
                "SELinux user, role or type of its own",
                "No pod or container may choose an SELinux user, role, or a type that is not confined.",
                POD_SECURITY.control("SELinux"),
                NSA_CISA.control("Pod security enforcement")));
    }

    private static final Set<String> TYPES = Set.of("", "container_t", "container_init_t", "container_kvm_t");
    private static final Set<String> TYPES_SINCE_31 =
            Set.of("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t");

    private static CelCheck cel(Set<String> types) {
        return CelCheck.fix("remove it from securityContext.seLinuxOptions")
                .securityContexts(
                        Optional.of("seLinuxOptions"),
                        "['type', 'user', 'role']\n"
                                + ".map(o, o + '=' + $.?securityContext.?seLinuxOptions[?o].orValue(''))\n"
                                + ".filter(o, !(o in "
                                + Cel.list(Stream.concat(
                                                types.stream().sorted().map(type -> "type=" + type),
                                                Stream.of("user=", "role="))
                                        .toList())
                                + "))");
    }

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(
                VersionedCheck.since(0, (pod, context, found) -> check(pod, TYPES, found))
                        .inCel(cel(TYPES)),
                VersionedCheck.since(31, (pod, context, found) -> check(pod, TYPES_SINCE_31, found))
                        .inCel(cel(TYPES_SINCE_31)));
    }

    private void check(Pod pod, Set<String> types, Consumer<Finding> found) {
        check(Subject.pod(), pod.securityContext(), types, found);
        for (Container container : pod.containers()) {
            check(Subject.of(container), container.securityContext(), types, found);
        }
    }

    private void check(Subject subject, Field securityContext, Set<String> types, Consumer<Finding> found) {
        Field options = securityContext.get("seLinuxOptions");
        checkOption(subject, options.get("type"), types, found);
        checkOption(subject, options.get("user"), Set.of(""), found);
        checkOption(subject, options.get("role"), Set.of(""), found);
    }

    private void checkOption(Subject subject, Field option, Set<String> allowed, Consumer<Finding> found) {
        String value = option.textOrEmpty();
        if (!allowed.contains(value)) {
            found.accept(Finding.unsafe(this, subject, option, option.name() + "=" + value));
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        List<String> clauses = new ArrayList<>();
        Set<String> types = Wording.sorted(findings.stream()
                .filter(finding -> finding.place().name().equals("type"))
                .map(finding -> finding.value().substring("type=".length()))
                .toList());
        if (!types.isEmpty()) {
            clauses.add(Wording.named("type", types));
        }
        for (String option : List.of("user", "role")) {
            if (findings.stream().anyMatch(finding -> finding.place().name().equals(option))) {
                clauses.add(option + " may not be set");
            }
        }
        return new PodSummary(
                "seLinuxOptions",
                Wording.setters(findings) + " set forbidden securityContext.seLinuxOptions: "
                        + String.join("; ", clauses));
    }

    @Override
    public String message(Finding finding) {
        return Wording.setters(List.of(finding)) + " must not set securityContext.seLinuxOptions."
                + finding.place().name() + " to "
                + Wording.quoted(finding.place().text().stream().toList());
    }

    @Override
    public Remedy remedy(Finding finding) {
        return Remedy.of(
                "remove securityContext.seLinuxOptions." + finding.place().name(), new Edit.Remove(finding.place()));
    }
}
