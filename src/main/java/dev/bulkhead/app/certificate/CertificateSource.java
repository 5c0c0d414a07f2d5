package dev.bulkhead.app.certificate;

/** Where the gate's certificate comes from. */
public interface CertificateSource {
    /**
     * What is to be served from now on; every call reads or issues anew.
     *
     * @throws UnusableCertificateException when there is none that clients would accept
     */
    KeyPairAndChain load() throws UnusableCertificateException;
}
