package dev.bulkhead.app.cluster.report;

import dev.bulkhead.app.cluster.resource.ObjectName;
import dev.bulkhead.app.cluster.scan.WorkloadId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Locale;

/** A report's namespace and name. */
record ReportId(String namespace, String name) implements Comparable<ReportId> {
    private static final Comparator<ReportId> ORDER =
            Comparator.comparing(ReportId::namespace).thenComparing(ReportId::name);

    /** Of an object's name in a report's name, which may have 253 characters. */
    private static final int MOST_OF_A_NAME = 180;

    private static final int MOST_OF_A_KIND = 60;

    private static final int HASH_BYTES = 4;

    /** The one report of a workload. One that is created again under its old name has another. */
    static ReportId of(WorkloadId workload, String uid) {
        String kind = ObjectName.prefix(workload.kind().toLowerCase(Locale.ROOT), MOST_OF_A_KIND, "workload");
        String name = ObjectName.prefix(workload.name(), MOST_OF_A_NAME, "workload");
        return new ReportId(
                workload.namespace(),
                kind + "-" + name + "-" + hash(workload.kind() + "/" + workload.name() + "/" + uid, HASH_BYTES));
    }

    /** The first bytes of the text's SHA-256, in hexadecimal digits. */
    static String hash(String text, int bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int compareTo(ReportId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
