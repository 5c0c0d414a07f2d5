package dev.bulkhead.engine.rule.hostpath;

import dev.bulkhead.engine.cel.Cel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Paths on the host in CEL. A plain path ends with a slash, has no detours and no links; the empty text stands for one that
 * leads anywhere. The API server lets no hostPath and no subPath with {@code ..} pass.
 */
public final class HostPathCel {
    /** The difference of rules that look behind claims. */
    public static final String CLAIMS = "PersistentVolumes behind claims are not looked up";

    /** The difference of rules that read paths as Windows does. */
    public static final String WINDOWS =
            "of Windows' spellings, device paths, network paths and short names count as any path, and dots and spaces at the"
                    + " end of names as part of them";

    /** A regular expression for plain paths through a link that leads where a process has something open. */
    public static final String ANYWHERE =
            "/(dev/(fd|stdin|stdout|stderr)|proc/[^/]+/(cwd|fd|map_files|task/[^/]+/(cwd|fd|root)))/";

    /** The path that a container sees by mount {@code m} of volume {@code h}. */
    public static final String SHOWN_BY_MOUNT = "h.path + '/' + (m.?subPathExpr.orValue('') != ''"
            + " || m.?subPath.orValue('').contains('$(') ? '' : m.?subPath.orValue(''))";

    private static final String IS_WINDOWS = "(p.windows || ['kubernetes.io/os', 'beta.kubernetes.io/os']"
            + ".exists(l, p.spec.?nodeSelector[?l].orValue('') == 'windows'))";

    /** The name below which plain paths have the named pipes of Windows; no name of Linux is spelled so. */
    private static final String PIPES = "\\\\\\\\.";

    private HostPathCel() {}

    /** A path's names, each after a slash, and a slash at the end. */
    public static String names(String path) {
        return path + ".split('/').filter(n, !(n in ['', '.'])).map(n, '/' + n).join('') + '/'";
    }

    /** The plain paths of a list of written ones. */
    public static String plain(String list, String onWindows) {
        String flaw = "x.matches('[\\\\x00-\\\\x1f\\\\x7f-\\\\x{9f}\\\\x{fffd}]') || bytes(x).size() > 4095\n"
                + "    || x.split('/').exists(n, n == '..' || bytes(n).size() > 255)";
        String windows =
                onWindows + " || x.contains('\\\\') || x.matches('^/*[A-Za-z]:|(?i)^/[/?][.?]/+([a-z]:|pipe(/|$))')";
        String asWindows = "[x.lowerAscii().replace('\\\\', '/')].map(y, "
                + "y.matches('~[0-9]') ? ''\n      : y.matches('^/[/?][.?]/+pipe(/|$)') ? '/" + PIPES
                + "/pipe' + y.substring(y.find('^/[/?][.?]/+pipe').size())\n      : y.startsWith('//') || y.startsWith('/?') ? ''"
                + " : y.substring(y.find('^/*[a-z]:').size()))[0]";
        return list + "\n  .map(x, " + flaw + " ? ''\n    : (" + windows + ")\n    ? " + asWindows + " : x)\n"
                + "  .map(x, x == '' ? '' : " + names("x") + ")\n"
                + "  .map(x, x.substring(x.find('^(/proc/[^/]+/root)*').size()))\n"
                + "  .map(x, x.startsWith('/var/run/') ? x.substring(4) : x)\n"
                + "  .map(x, x.matches('^" + ANYWHERE + "') ? '' : x)";
    }

    /** The hostPath volumes of {@code p}, with the paths that containers see by them. */
    public static String volumes() {
        String shown = "[p.containers.map(c, c.?volumeMounts.orValue([]).filter(m, m.name == h.name)\n"
                + "    .map(m, " + SHOWN_BY_MOUNT
                + "))\n  .filter(l, l.size() > 0)].map(l, l.size() > 0 ? l : [[h.path]])[0]\n"
                + "  .map(l, " + plain("l", "h.windows") + ")";
        return "p.volumes.filter(v, v.?hostPath.hasValue())\n"
                + ".map(v, {\n  'name': dyn(v.name),\n  'path': dyn(v.hostPath.?path.orValue('')),\n"
                + "  'type': dyn(v.hostPath.?type.orValue('')),\n  'windows': dyn(" + IS_WINDOWS + ")\n})\n"
                + ".map(h, {\n  'name': h.name,\n  'path': h.path,\n  'type': h.type,\n  'windows': h.windows,\n  'shown': dyn("
                + shown + ")\n})";
    }

    /** The paths of volume {@code v} if it shows a plain path {@code x} for which the condition holds. */
    public static String volumesShowing(String condition) {
        return "p.hostPaths.filter(h, h.name == v.name && h.shown.exists(l, l.exists(x, " + condition
                + "))).map(h, h.path)";
    }

    /** Whether the plain path {@code x} is one of the places, or lies above or below it. */
    public static String reaches(List<HostPath.Place> places) {
        Set<String> literal = new TreeSet<>();
        Map<String, Set<String>> patterns = new TreeMap<>();
        for (HostPath.Place place : places) {
            List<String> names = place.spellings().get(0);
            if (names.contains("*")) {
                patterns.computeIfAbsent(String.join("/", names.subList(0, names.size() - 1)), key -> new TreeSet<>())
                        .add(names.get(names.size() - 1));
            } else {
                literal.add("/" + String.join("/", names) + "/");
                if (names.get(0).equals("run")) {
                    // For /var alone, which holds it by another name.
                    literal.add("/var/run/");
                }
            }
        }
        List<String> conditions = new ArrayList<>();
        conditions.add(Cel.lines(literal, 4) + ".exists(s, s.startsWith(x) || x.startsWith(s))");
        patterns.forEach((parent, last) -> conditions.add("x.matches('" + pattern(parent, last) + "')"));
        return String.join("\n    || ", conditions);
    }

    private static String pattern(String parent, Set<String> last) {
        String pattern =
                last.stream().map(name -> name.replace(".", "[.]")).collect(Collectors.joining("|", "((", ")/.*)?"));
        List<String> names = new ArrayList<>(List.of(parent.split("/", -1)));
        for (int i = names.size() - 1; i >= 0; i--) {
            String name = names.get(i).equals("*") ? "[^/]+" : names.get(i);
            pattern = i == 0 ? "^/" + name + "/" + pattern + "$" : "(" + name + "/" + pattern + ")?";
        }
        return pattern;
    }
}
