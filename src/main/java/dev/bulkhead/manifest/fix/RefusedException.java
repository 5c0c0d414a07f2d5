package dev.bulkhead.manifest.fix;

/** Why a change cannot be written into the text. */
@SuppressWarnings("serial")
final class RefusedException extends RuntimeException {
    private final int offset;

    RefusedException(int offset, String reason) {
        super(reason, null, false, false);
        this.offset = offset;
    }

    int offset() {
        return offset;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
