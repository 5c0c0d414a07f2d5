package dev.bulkhead.engine.image;

import java.util.Optional;

/**
 * The name of an image as container runtimes resolve it: {@code nginx} is {@code docker.io/library/nginx}.
 *
 * @param repository with the registry, without tag and digest
 * @param tag as written; empty if none is, which runtimes read as {@code latest} unless there is a digest
 * @param digest as written, such as {@code sha256:…}
 * @see <a href="https://github.com/distribution/reference">The grammar of references</a>
 */
public record ImageReference(String repository, Optional<String> tag, Optional<String> digest) {
    /** The registry that is meant where a reference names none. */
    static final String DEFAULT_REGISTRY = "docker.io/";

    /** Another name of the default registry, which clients of old wrote. */
    private static final String OLD_DEFAULT_REGISTRY = "index.docker.io/";

    private static final String OFFICIAL = "library/";

    /** A name has at most 255 characters, a tag 128, and the longest digest in use 135. */
    private static final int LONGEST = 1_024;

    private static final int LONGEST_TAG = 128;

    /** The fewest digits of a digest. */
    private static final int SHORTEST_HASH = 32;

    /** Reads a reference as it stands in a container; empty if a runtime would not take it. */
    public static Optional<ImageReference> parse(String text) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        int at = text.indexOf('@');
        Optional<String> digest = at < 0 ? Optional.empty() : Optional.of(text.substring(at + 1));
        String name = at < 0 ? text : text.substring(0, at);
        int colon = name.lastIndexOf(':');
        Optional<String> tag = Optional.empty();
        if (colon > name.lastIndexOf('/')) {
            tag = Optional.of(name.substring(colon + 1));
            name = name.substring(0, colon);
        }
        String repository = withRegistry(name);
        boolean valid = isRepository(repository)
                && tag.map(ImageReference::isTag).orElse(true)
                && digest.map(ImageReference::isDigest).orElse(true);
        return valid ? Optional.of(new ImageReference(repository, tag, digest)) : Optional.empty();
    }

    // Rules read each image several times. By regular expressions that took about a fifth of what a mutation costs.

    /** {@code [A-Za-z0-9.\[\]:-]+(/[a-z0-9._-]+)+}. */
    private static boolean isRepository(String name) {
        int slash = name.indexOf('/');
        if (slash <= 0 || slash == name.length() - 1) {
            return false;
        }
        for (int i = 0; i < slash; i++) {
            char c = name.charAt(i);
            if (!isLetterOrDigit(c) && ".[]:-".indexOf(c) < 0) {
                return false;
            }
        }
        char last = '/';
        for (int i = slash + 1; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean separates = c == '/';
            if (separates ? last == '/' : !isSmallLetterOrDigit(c) && "._-".indexOf(c) < 0) {
                return false;
            }
            last = c;
        }
        return last != '/';
    }

    /** {@code [A-Za-z0-9_][A-Za-z0-9_.-]{0,127}}. */
    private static boolean isTag(String tag) {
        if (tag.isEmpty() || tag.length() > LONGEST_TAG || !(isLetterOrDigit(tag.charAt(0)) || tag.charAt(0) == '_')) {
            return false;
        }
        for (int i = 1; i < tag.length(); i++) {
            if (!isLetterOrDigit(tag.charAt(i)) && "_.-".indexOf(tag.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** {@code [A-Za-z][A-Za-z0-9+._-]*:[0-9A-Fa-f]{32,}}. */
    private static boolean isDigest(String digest) {
        int colon = digest.indexOf(':');
        if (colon <= 0 || !isLetter(digest.charAt(0)) || digest.length() - colon <= SHORTEST_HASH) {
            return false;
        }
        for (int i = 1; i < colon; i++) {
            if (!isLetterOrDigit(digest.charAt(i)) && "+._-".indexOf(digest.charAt(i)) < 0) {
                return false;
            }
        }
        for (int i = colon + 1; i < digest.length(); i++) {
            char c = digest.charAt(i);
            if (!isDigit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return isLetter(c) || isDigit(c);
    }

    private static boolean isSmallLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || isDigit(c);
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** The repository with the registry that is meant where it names none. */
    static String withRegistry(String name) {
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        boolean named =
                first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost") || hasUpperCase(first);
        if (named && !name.startsWith(OLD_DEFAULT_REGISTRY) && !name.startsWith(DEFAULT_REGISTRY)) {
            return name;
        }
        String path = named ? name.substring(slash + 1) : name;
        return DEFAULT_REGISTRY + (path.indexOf('/') < 0 ? OFFICIAL : "") + path;
    }

    private static boolean hasUpperCase(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isUpperCase(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** The whole reference, with what is meant but not written. */
    @Override
    public String toString() {
        return repository
                + tag.map(text -> ":" + text).orElse("")
                + digest.map(text -> "@" + text).orElse("");
    }
}
