package dev.bulkhead.app.server;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.HashMap;
import java.util.Map;

/** The same by Java's own TLS, as on platforms where BoringSSL does not run. */
@QuarkusTest
@TestProfile(ClientCertificateOfJavaTest.OfJava.class)
class ClientCertificateOfJavaTest extends ClientCertificateTest {
    public static class OfJava extends ClientCertificateTest.Asking {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> overrides = new HashMap<>(super.getConfigOverrides());
            overrides.put("bulkhead.admission.native-tls", "false");
            return Map.copyOf(overrides);
        }
    }
}
