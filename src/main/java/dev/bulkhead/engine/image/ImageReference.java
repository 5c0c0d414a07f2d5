package dev.bulkhead.engine.image;

import java.util.Optional;
import java.util.regex.Pattern;

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

    private static final Pattern REPOSITORY = Pattern.compile("[A-Za-z0-9.\\[\\]:-]+(/[a-z0-9._-]+)+");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    private static final Pattern DIGEST = Pattern.compile("[A-Za-z][A-Za-z0-9+._-]*:[0-9A-Fa-f]{32,}");

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
        boolean valid = REPOSITORY.matcher(repository).matches()
                && tag.map(of -> TAG.matcher(of).matches()).orElse(true)
                && digest.map(of -> DIGEST.matcher(of).matches()).orElse(true);
        return valid ? Optional.of(new ImageReference(repository, tag, digest)) : Optional.empty();
    }

    /** The repository with the registry that is meant where it names none. */
    static String withRegistry(String name) {
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        boolean named = first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || first.equals("localhost")
                || first.chars().anyMatch(Character::isUpperCase);
        if (named && !name.startsWith(OLD_DEFAULT_REGISTRY) && !name.startsWith(DEFAULT_REGISTRY)) {
            return name;
        }
        String path = named ? name.substring(slash + 1) : name;
        return DEFAULT_REGISTRY + (path.indexOf('/') < 0 ? OFFICIAL : "") + path;
    }

    /** The whole reference, with what is meant but not written. */
    @Override
    public String toString() {
        return repository
                + tag.map(text -> ":" + text).orElse("")
                + digest.map(text -> "@" + text).orElse("");
    }
}
