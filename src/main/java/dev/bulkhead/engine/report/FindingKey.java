package dev.bulkhead.engine.report;

import dev.bulkhead.engine.evaluation.FindingList;
import dev.bulkhead.engine.rule.Note;
import dev.bulkhead.engine.text.SafeText;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * What a finding is recognised by from one run to the next. It names the workload, not the place: lines, the order of
 * documents and containers, and the file may change. Findings may have equal keys. All parts are one line.
 *
 * @param file of a workload without a name, else empty
 * @param name empty if the workload has none
 * @param container empty if the finding is about the pod
 * @param value the offending value; never a secret
 */
public record FindingKey(
        String namespace, String kind, String name, String file, String container, String rule, String value)
        implements Comparable<FindingKey> {
    private static final Comparator<FindingKey> ORDER = Comparator.comparing(FindingKey::namespace)
            .thenComparing(FindingKey::kind)
            .thenComparing(FindingKey::name)
            .thenComparing(FindingKey::file)
            .thenComparing(FindingKey::container)
            .thenComparing(FindingKey::rule)
            .thenComparing(FindingKey::value);

    /** No rule's values. */
    private static final String NOTE = "note";

    private static final String MORE = "more findings";

    private static final int FINGERPRINT_BYTES = 16;

    /** The key of a workload's finding. */
    public static FindingKey of(ReportedWorkload workload, ReportedFinding finding) {
        return of(workload, finding.container().orElse(""), finding.rule().id(), finding.value());
    }

    /** The key of a note about a workload. Its sentence is no part of it: that names other containers and images, too. */
    public static FindingKey of(ReportedWorkload workload, Note note) {
        return of(workload, "", note.rule().id(), NOTE);
    }

    /** The key of the findings of a workload that are only counted. */
    public static FindingKey of(ReportedWorkload workload, FindingList.Omitted more) {
        return of(workload, more.container().orElse(""), more.rule().orElse(""), MORE);
    }

    private static FindingKey of(ReportedWorkload workload, String container, String rule, String value) {
        String file = workload.name().isEmpty()
                ? workload.location().map(SourceLocation::file).orElse("")
                : "";
        return new FindingKey(
                SafeText.line(workload.namespace()),
                SafeText.line(workload.kind()),
                SafeText.line(workload.name()),
                SafeText.line(file),
                SafeText.line(container),
                rule,
                SafeText.line(value));
    }

    /**
     * A hash of the key, in hexadecimal.
     *
     * @param index how many findings with the same key came before it
     */
    public String fingerprint(int index) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : List.of(namespace, kind, name, file, container, rule, value, Integer.toString(index))) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public int compareTo(FindingKey other) {
        return ORDER.compare(this, other);
    }
}
