package dev.bulkhead.engine.rule;

import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import java.util.Comparator;

/**
 * A violation independent of list indices: equal in two states of one workload if it is the same.
 *
 * @param kind what it is about: a container, a volume, an annotation or the pod
 * @param list the list that holds the container; empty if the finding is not about one
 * @param subject the name of the container, volume or annotation; empty for the pod
 */
public record Violation(
        String rule, String value, boolean unset, String kind, String list, String subject, String member)
        implements Comparable<Violation> {
    /** Comparable, so that hash tables stay fast when callers choose values with equal hash codes. */
    private static final Comparator<Violation> ORDER = Comparator.comparing(Violation::value)
            .thenComparing(Violation::subject)
            .thenComparing(Violation::member)
            .thenComparing(Violation::rule)
            .thenComparing(Violation::list)
            .thenComparing(Violation::kind)
            .thenComparing(Violation::unset);

    @Override
    public int compareTo(Violation other) {
        return ORDER.compare(this, other);
    }

    static Violation of(Finding finding) {
        Subject subject = finding.subject();
        String list = "";
        String name = "";
        if (subject instanceof Subject.OfContainer of) {
            Container container = of.container();
            list = container.kind().list();
            name = container.name();
        } else if (subject instanceof Subject.OfVolume of) {
            name = of.volume().name();
        } else if (subject instanceof Subject.OfAnnotation of) {
            name = of.key();
        }
        return new Violation(
                finding.rule().id(),
                finding.value(),
                finding.unset(),
                subject.getClass().getSimpleName(),
                list,
                name,
                memberName(finding.place()));
    }

    /** The name of the innermost member, not of an item in a list. */
    private static String memberName(Field place) {
        Field member = place;
        while (member.parent().filter(parent -> parent.node().isArray()).isPresent()) {
            member = member.parent().orElseThrow();
        }
        return member.name();
    }
}
