package dev.bulkhead.manifest.syntax;

import dev.bulkhead.manifest.syntax.YamlScalar.Fraction;
import dev.bulkhead.manifest.syntax.YamlScalar.Nothing;
import dev.bulkhead.manifest.syntax.YamlScalar.Text;
import dev.bulkhead.manifest.syntax.YamlScalar.Truth;
import dev.bulkhead.manifest.syntax.YamlScalar.Whole;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** The tags that mean something to kubectl. Behind others it reads text, or a mapping or list as if there were none. */
enum Tag {
    STR,
    BINARY,
    BOOL,
    INT,
    FLOAT,
    NULL,
    MAP,
    SEQ;

    private static final String PREFIX = "tag:yaml.org,2002:";

    private static final Map<String, Tag> BY_NAME = Map.of(
            // A lone exclamation mark disables resolution.
            "!",
            STR,
            PREFIX + "str",
            STR,
            PREFIX + "binary",
            BINARY,
            PREFIX + "bool",
            BOOL,
            PREFIX + "int",
            INT,
            PREFIX + "float",
            FLOAT,
            PREFIX + "null",
            NULL,
            PREFIX + "map",
            MAP,
            PREFIX + "seq",
            SEQ);

    static Optional<Tag> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** The tag as people write it. One that YAML does not know may be a password that begins with an exclamation mark. */
    static String shown(String name) {
        if (!BY_NAME.containsKey(name)) {
            return "an unknown tag";
        }
        return "tag " + Words.quoted(name.startsWith(PREFIX) ? "!!" + name.substring(PREFIX.length()) : name);
    }

    /** The scalar that this tag makes of a text, or empty if it does not apply to it. */
    Optional<YamlScalar> apply(String text) {
        return switch (this) {
            case STR -> Optional.of(new Text(text));
            case BINARY -> decoded(text);
            case BOOL -> Optional.of(ScalarResolver.resolve(text)).filter(Truth.class::isInstance);
            case INT -> Optional.of(ScalarResolver.resolve(text)).filter(Whole.class::isInstance);
            case FLOAT -> fraction(ScalarResolver.resolve(text));
            case NULL -> Optional.of(ScalarResolver.resolve(text)).filter(Nothing.class::isInstance);
            case MAP, SEQ -> Optional.empty();
        };
    }

    private static Optional<YamlScalar> fraction(YamlScalar scalar) {
        if (scalar instanceof Whole whole) {
            return Optional.of(new Fraction(whole.value()));
        }
        return Optional.of(scalar).filter(Fraction.class::isInstance);
    }

    private static Optional<YamlScalar> decoded(String text) {
        String packed = text.replace("\n", "").replace("\r", "");
        if (packed.length() % 4 != 0) {
            return Optional.empty();
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(packed));
            return Optional.of(
                    new Text(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString()));
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
