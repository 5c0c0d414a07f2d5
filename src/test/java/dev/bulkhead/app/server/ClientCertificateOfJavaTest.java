package dev.bulkhead.app.server;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;

/** The same by Java's own TLS. */
@QuarkusTest
@TestProfile(ClientCertificateOfJavaTest.OfJava.class)
class ClientCertificateOfJavaTest extends ClientCertificateTest {
    public static class OfJava extends ClientCertificateTest.Asking {
        @Override
        public Map<String, String> getConfigOverrides() {
            return JavaTls.with(super.getConfigOverrides());
        }
    }
}
