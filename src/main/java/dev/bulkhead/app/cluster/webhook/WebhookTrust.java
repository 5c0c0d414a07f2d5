package dev.bulkhead.app.cluster.webhook;

import dev.bulkhead.app.certificate.KeyPairAndChain;
import java.time.Clock;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Keeps the CA bundle in the webhook configurations up to date, so that the API server trusts what the replicas serve.
 * Deletes the configurations when Bulkhead's namespace is deleted, because the API server could no longer create
 * workloads.
 */
public final class WebhookTrust {
    private static final Logger LOG = Logger.getLogger(WebhookTrust.class);

    private final WebhookConfigurations configurations;
    private final Clock clock;
    private volatile Optional<Boolean> trusted = Optional.empty();
    private boolean withdrawing;
    private boolean withdrawn;

    public WebhookTrust(WebhookConfigurations configurations, Clock clock) {
        this.configurations = configurations;
        this.clock = clock;
    }

    /** Whether the API server trusted the served certificate at the last check; empty before anything was served. */
    public Optional<Boolean> trusted() {
        return trusted;
    }

    /**
     * Checks whether the served certificate is trusted, and fills in the CA bundle. Waits for the API server.
     *
     * @param leading whether this replica leads
     */
    public void keep(boolean leading, Optional<String> bundle, Optional<KeyPairAndChain> served) {
        trusted = served.map(chain -> configurations.trusts(chain, clock.instant()));
        if (leading) {
            bundle.ifPresent(configurations::fill);
        }
    }

    /** Deletes the configurations. Every replica calls this, because all of them will lose their permissions soon. */
    public void withdraw(String namespace) {
        if (!withdrawing) {
            withdrawing = true;
            LOG.warnf(
                    "namespace %s is being deleted, and Bulkhead with it: the webhook configurations are deleted too,"
                            + " because otherwise no workload could be created any more",
                    namespace);
        }
        if (!withdrawn) {
            withdrawn = !configurations.withdraw();
        }
    }
}
