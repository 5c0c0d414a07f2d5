package dev.bulkhead.engine.workload;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A custom resource that makes pods from a template.
 *
 * @param path the members that lead to the pod template, an object with metadata and spec; at least one
 * @param optional whether an object may lack the template; otherwise one without it is malformed
 */
public record CustomKind(String group, String kind, List<String> path, boolean optional) {
    /** The format that {@link #parse} reads, for messages. */
    public static final String FORM = "GROUP/KIND=/PATH/TO/TEMPLATE";

    private static final Pattern DECLARATION =
            Pattern.compile("([a-z0-9]([-a-z0-9.]*[a-z0-9])?)/([A-Z][A-Za-z0-9]*)=((/[^/?]+)+)(\\?)?");

    public CustomKind {
        path = List.copyOf(path);
        if (path.isEmpty()) {
            throw new IllegalArgumentException("a pod template stands below its object, at a path of its own");
        }
    }

    /**
     * Reads a declaration such as {@code argoproj.io/Rollout=/spec/template}. The path is a JSON Pointer; a question
     * mark after it makes the template optional.
     *
     * @return empty when the text is none
     */
    public static Optional<CustomKind> parse(String text) {
        Matcher declaration = DECLARATION.matcher(text);
        if (!declaration.matches()) {
            return Optional.empty();
        }
        List<String> path = Stream.of(declaration.group(4).substring(1).split("/", -1))
                .map(member -> member.replace("~1", "/").replace("~0", "~"))
                .toList();
        return Optional.of(
                new CustomKind(declaration.group(1), declaration.group(3), path, declaration.group(6) != null));
    }

    /** The format that {@link #parse} reads. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(group + "/" + kind + "=");
        path.forEach(member -> text.append('/').append(member.replace("~", "~0").replace("/", "~1")));
        return text + (optional ? "?" : "");
    }
}
