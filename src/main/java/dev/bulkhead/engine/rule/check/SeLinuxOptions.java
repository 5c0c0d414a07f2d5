package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.Description;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.Level;
import dev.bulkhead.engine.rule.Phrases;
import dev.bulkhead.engine.rule.Revision;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * SELinux confines containers by their type; another type, user or role may be one that is not confined at all.
 *
 * <p>Fields: {@code securityContext.seLinuxOptions} of the pod and of every container. Allowed: type empty, container_t,
 * container_init_t, container_kvm_t, from 1.31 container_engine_t; user and role empty. Versions: all.
 */
final class SeLinuxOptions extends PodSecurityCheck {
    SeLinuxOptions() {
        super("seLinuxOptions", Level.BASELINE, Layer.CONFINEMENT);
    }

    private static final Set<String> TYPES = Set.of("", "container_t", "container_init_t", "container_kvm_t");
    private static final Set<String> TYPES_SINCE_31 =
            Set.of("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t");

    @Override
    public List<Revision> revisions() {
        return List.of(
                Revision.since(0, (pod, context, found) -> check(pod, TYPES, found)),
                Revision.since(31, (pod, context, found) -> check(pod, TYPES_SINCE_31, found)));
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
    public Description describe(List<Finding> findings) {
        List<String> clauses = new ArrayList<>();
        Set<String> types = Phrases.sorted(findings.stream()
                .filter(finding -> finding.place().name().equals("type"))
                .map(finding -> finding.value().substring("type=".length()))
                .toList());
        if (!types.isEmpty()) {
            clauses.add(Phrases.named("type", types));
        }
        for (String option : List.of("user", "role")) {
            if (findings.stream().anyMatch(finding -> finding.place().name().equals(option))) {
                clauses.add(option + " may not be set");
            }
        }
        return new Description(
                "seLinuxOptions",
                Phrases.setters(findings) + " set forbidden securityContext.seLinuxOptions: "
                        + String.join("; ", clauses));
    }

    @Override
    public String message(Finding finding) {
        return Phrases.setters(List.of(finding)) + " must not set securityContext.seLinuxOptions."
                + finding.place().name() + " to "
                + Phrases.quoted(finding.place().text().stream().toList());
    }

    @Override
    public String remedy(Finding finding) {
        return "remove securityContext.seLinuxOptions." + finding.place().name();
    }
}
