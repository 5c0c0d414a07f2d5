package dev.bulkhead.engine.proposal;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;

/**
 * Names for proposed exemptions: {@code NAMESPACE.KIND.NAME}, with the containers where a workload needs several. The same
 * proposals get the same names, and no two of them one name, nor one that is in use.
 */
final class ExemptionNames {
    private static final int LONGEST = 253;

    private final Set<String> taken;

    ExemptionNames(Collection<String> inUse) {
        this.taken = new TreeSet<>(inUse);
    }

    /** The name of the next exemption for a workload; with no containers if there is only one, or it is for the pod. */
    String next(DeniedWorkload.Id workload, Set<String> containers) {
        String base = workload.namespace() + "." + workload.kind().toLowerCase(Locale.ROOT) + "." + workload.name();
        String wanted = containers.isEmpty() ? base : base + "." + String.join(".", containers);
        String name = wanted;
        for (int attempt = 0; name.length() > LONGEST || taken.contains(name); attempt++) {
            String ending = "-" + hash(wanted + "/" + attempt);
            name = wanted.substring(0, Math.min(wanted.length(), LONGEST - ending.length()))
                            .replaceAll("[.-]+$", "")
                    + ending;
        }
        taken.add(name);
        return name;
    }

    private static String hash(String text) {
        CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", sum.getValue());
    }
}
