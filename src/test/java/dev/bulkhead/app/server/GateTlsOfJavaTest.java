package dev.bulkhead.app.server;

import io.netty.handler.ssl.SslProvider;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.HashMap;
import java.util.Map;

/** The same by Java's own TLS, as on platforms where BoringSSL does not run. */
@QuarkusTest
@TestProfile(GateTlsOfJavaTest.OfJava.class)
class GateTlsOfJavaTest extends GateTlsTest {
    public static class OfJava extends AdmissionEndpointTest.Narrow {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> overrides = new HashMap<>(super.getConfigOverrides());
            overrides.put("bulkhead.admission.native-tls", "false");
            return Map.copyOf(overrides);
        }
    }

    @Override
    SslProvider wanted() {
        return SslProvider.JDK;
    }
}
