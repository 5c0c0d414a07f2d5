package dev.bulkhead.app.certificate;

/** A source of the server's certificate. */
public interface CertificateSource {
    /**
     * The certificate to serve from now on; every call reads or issues it again.
     *
     * @throws UnusableCertificateException when there is none that clients would accept
     */
    KeyPairAndChain load() throws UnusableCertificateException;
}
