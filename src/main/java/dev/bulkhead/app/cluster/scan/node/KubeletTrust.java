package dev.bulkhead.app.cluster.scan.node;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Trusts a kubelet whose certificate is issued by one of these CAs, or is one of them, for a name or an address of its node.
 * A connection goes to an IP address, for which many kubelets have no certificate, so names are compared here and not by the
 * HTTP client.
 */
final class KubeletTrust {
    private static final String WITHOUT_ADDRESS = "it is not known which node this is";
    private static final String NO_SERVER = "nothing connects to this";
    private static final int DNS = 2;
    private static final int IP = 7;

    private final X509TrustManager authorities;

    private KubeletTrust(X509TrustManager authorities) {
        this.authorities = authorities;
    }

    /**
     * Trusts these CAs.
     *
     * @param pem their certificates
     * @throws IOException when there are none in it
     */
    static KubeletTrust in(byte[] pem) throws IOException {
        try {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
            if (certificates.isEmpty()) {
                throw new IOException("there is no certificate in it");
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : certificates) {
                store.setCertificateEntry(String.valueOf(number++), certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager authorities) {
                    return new KubeletTrust(authorities);
                }
            }
            throw new IllegalStateException("there is always one");
        } catch (GeneralSecurityException e) {
            throw new IOException("it holds no certificates that can be read: " + e.getMessage(), e);
        }
    }

    /**
     * For connections to kubelets.
     *
     * @param names of the nodes, by the address that is connected to
     */
    SSLContext contextFor(Map<String, Set<String>> names) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new OfNodes(authorities, names)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS is always there", e);
        }
    }

    private static final class OfNodes extends X509ExtendedTrustManager {
        private final X509TrustManager authorities;
        private final Map<String, Set<String>> names;

        OfNodes(X509TrustManager authorities, Map<String, Set<String>> names) {
            this.authorities = authorities;
            this.names = names.entrySet().stream()
                    .collect(Collectors.toMap(
                            entry -> NodeName.canonical(entry.getKey()), Map.Entry::getValue, (one, other) -> one));
        }

        private void check(X509Certificate[] chain, String keyExchange, String host) throws CertificateException {
            try {
                authorities.checkServerTrusted(chain, keyExchange);
            } catch (CertificateException e) {
                // Said in words of our own, because those of the library are not logged.
                throw new CertificateException(
                        "its certificate is issued by no CA that is trusted, or is not valid now");
            }
            Set<String> of = namesOf(chain[0]);
            Set<String> wanted = names.getOrDefault(NodeName.canonical(host), Set.of());
            if (wanted.stream().map(NodeName::canonical).noneMatch(of::contains)) {
                throw new CertificateException(
                        "its certificate is for " + String.join(", ", of) + ", not for " + String.join(", ", wanted));
            }
        }

        private static Set<String> namesOf(X509Certificate certificate) throws CertificateException {
            Set<String> names = new TreeSet<>();
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            if (all != null) {
                for (List<?> name : all) {
                    if ((name.get(0).equals(DNS) || name.get(0).equals(IP)) && name.get(1) instanceof String text) {
                        names.add(NodeName.canonical(text));
                    }
                }
            }
            return names;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String keyExchange, SSLEngine engine)
                throws CertificateException {
            check(chain, keyExchange, Optional.ofNullable(engine.getPeerHost()).orElse(""));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String keyExchange) throws CertificateException {
            throw new CertificateException(WITHOUT_ADDRESS);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String keyExchange, Socket socket)
                throws CertificateException {
            throw new CertificateException(WITHOUT_ADDRESS);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String keyExchange) throws CertificateException {
            throw new CertificateException(NO_SERVER);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String keyExchange, Socket socket)
                throws CertificateException {
            throw new CertificateException(NO_SERVER);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String keyExchange, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException(NO_SERVER);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return authorities.getAcceptedIssuers();
        }
    }
}
