package dev.bulkhead.app.certificate;

/** A certificate or key that cannot be served; the message names the file and what is wrong with it. */
public final class UnusableCertificateException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnusableCertificateException(String message) {
        super(message);
    }

    public UnusableCertificateException(String message, Throwable cause) {
        super(message, cause);
    }
}
