package dev.bulkhead.app.registry;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** The digests by which content is named in a registry. */
final class Digests {
    private static final String SHA_256 = "sha256";
    private static final Map<String, String> ALGORITHMS = Map.of(SHA_256, "SHA-256", "sha512", "SHA-512");

    private Digests() {}

    /** The digest by which these bytes are usually named. */
    static String of(byte[] bytes) {
        return SHA_256 + ":" + hex("SHA-256", bytes);
    }

    /** Fails unless the bytes are what that digest names. */
    static void verify(byte[] bytes, String digest, String what) throws RegistryException {
        int colon = digest.indexOf(':');
        Optional<String> algorithm =
                Optional.ofNullable(ALGORITHMS.get(colon < 0 ? digest : digest.substring(0, colon)));
        if (algorithm.isEmpty()) {
            throw new RegistryException("the digest of the " + what + " is neither of SHA-256 nor of SHA-512");
        }
        if (!hex(algorithm.get(), bytes).equals(digest.substring(colon + 1))) {
            throw new RegistryException("the " + what + " does not have the digest by which it was asked for");
        }
    }

    private static String hex(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
