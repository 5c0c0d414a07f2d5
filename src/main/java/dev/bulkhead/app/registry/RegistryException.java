package dev.bulkhead.app.registry;

/** Why a registry could not be asked about an image; the message is for people, and may quote the registry. */
final class RegistryException extends Exception {
    private static final long serialVersionUID = 1L;

    RegistryException(String message) {
        super(message);
    }

    RegistryException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The message, which is always there. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
