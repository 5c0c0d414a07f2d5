package dev.bulkhead.app.cluster.scan;

/** The sentence about what could not be read, and whether a sentence is one about a resource. */
public final class UnreadResource {
    private static final String UNREAD = " cannot be read ";

    private UnreadResource() {}

    /** Such as {@code exemptions cannot be read (HTTP status 403): they are not applied}. */
    static String sentence(String resource, String reason, String consequence) {
        return resource + UNREAD + "(" + reason + "): " + consequence;
    }

    /** Whether the sentence says that this resource, in the plural, could not be read. */
    public static boolean isNamedBy(String sentence, String resource) {
        return sentence.startsWith(resource + UNREAD);
    }
}
