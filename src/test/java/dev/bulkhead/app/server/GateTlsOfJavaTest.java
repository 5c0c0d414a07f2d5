package dev.bulkhead.app.server;

import io.netty.handler.ssl.SslProvider;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;

/** The same by Java's own TLS. */
@QuarkusTest
@TestProfile(GateTlsOfJavaTest.OfJava.class)
class GateTlsOfJavaTest extends GateTlsTest {
    public static class OfJava extends AdmissionEndpointTest.Narrow {
        @Override
        public Map<String, String> getConfigOverrides() {
            return JavaTls.with(super.getConfigOverrides());
        }
    }

    @Override
    SslProvider wanted() {
        return SslProvider.JDK;
    }
}
