package dev.bulkhead.engine.rule;

import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.Container;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Phrases of Pod Security Admission that Bulkhead's own rules use as well. */
public final class Wording {
    /** Compares by UTF-8 bytes; {@link String} compares characters outside of the basic plane differently. */
    private static final Comparator<String> BYTEWISE =
            Comparator.comparing((String text) -> text.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    private Wording() {}

    /** The names in quotes, joined by commas, without escaping. */
    public static String quoted(Collection<String> names) {
        return names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", "));
    }

    /** The values, sorted bytewise, without duplicates. */
    public static Set<String> sorted(Collection<String> values) {
        Set<String> sorted = new TreeSet<>(BYTEWISE);
        sorted.addAll(values);
        return sorted;
    }

    public static String plural(int count, String one, String many) {
        return count == 1 ? one : many;
    }

    /** The distinct containers of these findings, in the pod's order. */
    public static List<Container> containersOf(List<Finding> findings) {
        Set<Container> containers = new LinkedHashSet<>();
        for (Finding finding : findings) {
            finding.subject().asContainer().ifPresent(containers::add);
        }
        return List.copyOf(containers);
    }

    /** {@code container "a"} or {@code containers "a", "b"}. */
    public static String containers(List<Finding> findings) {
        return named(
                "container",
                containersOf(findings).stream().map(Container::name).toList());
    }

    /** {@code volume "a"} or {@code volumes "a", "b"}: the noun, in the plural for several names, then the names. */
    public static String named(String noun, Collection<String> names) {
        return plural(names.size(), noun, noun + "s") + " " + quoted(names);
    }

    /** The names of the volumes that these findings are about, in the pod's order. */
    public static List<String> volumesOf(List<Finding> findings) {
        List<String> volumes = new ArrayList<>();
        for (Finding finding : findings) {
            if (finding.subject() instanceof Subject.OfVolume of) {
                volumes.add(of.volume().name());
            }
        }
        return List.copyOf(volumes);
    }

    /** {@code key="value"}, the value as Go quotes it. */
    public static String assigned(String key, String value) {
        StringBuilder quoted = new StringBuilder(key).append("=\"");
        value.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case 0x07 -> quoted.append("\\a");
                case '\b' -> quoted.append("\\b");
                case '\f' -> quoted.append("\\f");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case 0x0b -> quoted.append("\\v");
                default -> quoted.append(isPrintable(c) ? Character.toString(c) : escaped(c));
            }
        });
        return quoted.append('"').toString();
    }

    private static boolean isPrintable(int c) {
        return SafeText.isShown(c) && (c == ' ' || Character.getType(c) != Character.SPACE_SEPARATOR);
    }

    private static String escaped(int c) {
        if (c < 0x80) {
            return String.format("\\x%02x", c);
        }
        return c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c);
    }

    /** The parts that set the offending values: the pod, containers, annotations, joined by "and". */
    public static String setters(List<Finding> findings) {
        List<String> setters = new ArrayList<>();
        if (findings.stream().anyMatch(finding -> finding.subject() instanceof Subject.OfPod)) {
            setters.add("pod");
        }
        if (!containersOf(findings).isEmpty()) {
            setters.add(containers(findings));
        }
        long annotations = findings.stream()
                .filter(finding -> finding.subject() instanceof Subject.OfAnnotation)
                .count();
        if (annotations > 0) {
            setters.add(annotations == 1 ? "annotation" : "annotations");
        }
        return String.join(" and ", setters);
    }
}
