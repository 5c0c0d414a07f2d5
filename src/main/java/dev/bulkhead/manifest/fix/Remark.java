package dev.bulkhead.manifest.fix;

import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.manifest.fix.node.Node;
import java.util.List;
import java.util.Optional;

/**
 * What was changed although it was set, and why.
 *
 * @param offset where it was
 * @param rule the rule because of which it is changed
 * @param was what was there, in a few words
 */
public record Remark(int offset, String rule, String was) {
    private static final int LONGEST = 60;
    private static final List<String> NAMES = List.of("name", "mountPath", "devicePath");

    static Remark replaced(Node old, String rule) {
        return new Remark(
                old.start(), rule, shown(old).map(value -> "was " + value).orElse("was set otherwise"));
    }

    static Remark removed(Node.Member member, String rule) {
        return new Remark(
                member.start(),
                rule,
                shown(member.value())
                        .map(value -> "was " + member.name() + ": " + value)
                        .orElse("removed " + member.name()));
    }

    /** The value of an item may be a secret; its name is not. */
    static Remark removed(Node item, String rule) {
        Optional<String> name = item.target() instanceof Node.Mapping mapping
                ? NAMES.stream()
                        .flatMap(key -> mapping.find(key).stream())
                        .findFirst()
                        .flatMap(member -> shown(member.value()))
                : shown(item);
        return new Remark(item.start(), rule, "removed " + name.orElse("an item"));
    }

    private static Optional<String> shown(Node value) {
        return value.target() instanceof Node.Scalar scalar
                        && !scalar.value().isEmpty()
                        && scalar.value().length() <= LONGEST
                        && !scalar.value().contains("\n")
                ? Optional.of(SafeText.line(scalar.value()))
                : Optional.empty();
    }

    /** The comment that says so. */
    String comment() {
        return "# bulkhead: " + was + " (" + rule + ")";
    }
}
