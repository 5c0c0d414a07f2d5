package dev.bulkhead.app.console.api;

import dev.bulkhead.app.cluster.scan.ScanView;
import dev.bulkhead.app.console.access.ApiServerReviews;
import dev.bulkhead.app.console.access.Identity;
import dev.bulkhead.app.console.page.DemoView;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The demo cluster, which {@code ada} sees all of, and {@code grace} the namespace {@code shop} of. */
@Alternative
@Singleton
class DemoConsoleBeans {
    @Produces
    @Singleton
    @Alternative
    Optional<ScanView> demo() {
        return Optional.of(DemoView.at(Instant.now()));
    }

    @Produces
    @Singleton
    @Alternative
    ApiServerReviews people() {
        return new ApiServerReviews() {
            @Override
            public Optional<Identity> owner(String token) {
                return token.endsWith("-token")
                        ? Optional.of(Identity.of(token.replace("-token", ""), List.of()))
                        : Optional.empty();
            }

            @Override
            public boolean mayListPods(Identity identity, Optional<String> namespace) {
                return identity.user().equals("ada")
                        || (identity.user().equals("grace")
                                && namespace.filter("shop"::equals).isPresent());
            }
        };
    }
}
