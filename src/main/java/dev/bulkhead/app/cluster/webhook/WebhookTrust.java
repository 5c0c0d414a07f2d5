package dev.bulkhead.app.cluster.webhook;

import dev.bulkhead.app.certificate.KeyPairAndChain;
import java.time.Clock;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Has the API server trust what the replicas serve, by the CA bundle in the webhook configurations; and takes these away
 * when the namespace of all replicas is deleted, since nothing could be created any more.
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

    /** Whether the API server trusted what this replica served, the last time; empty before anything was served. */
    public Optional<Boolean> trusted() {
        return trusted;
    }

    /**
     * Looks whether what is served is trusted, and fills the bundle in. Waits for the API server.
     *
     * @param leading whether this replica is the one that writes
     */
    public void keep(boolean leading, Optional<String> bundle, Optional<KeyPairAndChain> served) {
        trusted = served.map(chain -> configurations.trusts(chain, clock.instant()));
        if (leading) {
            bundle.ifPresent(configurations::fill);
        }
    }

    /** Deletes the configurations; every replica's to call, since before long none of them may do anything any more. */
    public void withdraw(String namespace) {
        if (!withdrawing) {
            withdrawing = true;
            LOG.warnf(
                    "namespace %s is being deleted and the gate with it: the webhook configurations are deleted, too,"
                            + " since nothing could be created any more",
                    namespace);
        }
        if (!withdrawn) {
            withdrawn = !configurations.withdraw();
        }
    }
}
