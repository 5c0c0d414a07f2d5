package dev.bulkhead.app.console.access;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * What proves that a form comes from a page of the session. It looks different on each page, so that its compressed
 * length tells nothing about it.
 */
final class FormSecret {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 32;

    private final byte[] secret = random();

    private static byte[] random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /** A text for a form. */
    String token() {
        byte[] mask = random();
        byte[] token = new byte[2 * BYTES];
        for (int i = 0; i < BYTES; i++) {
            token[i] = mask[i];
            token[BYTES + i] = (byte) (mask[i] ^ secret[i]);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /** Whether that is one of its texts. */
    boolean made(String token) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            return false;
        }
        if (bytes.length != 2 * BYTES) {
            return false;
        }
        byte[] given = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            given[i] = (byte) (bytes[i] ^ bytes[BYTES + i]);
        }
        return MessageDigest.isEqual(given, secret);
    }
}
