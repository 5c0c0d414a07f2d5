package dev.bulkhead.app.cli;

import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.server.ExitWatchdog;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/** The running console: logs that it has started, then waits to be stopped. */
@Singleton
@Unremovable
final class ConsoleApplication implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(ConsoleApplication.class);

    private final GateConfig config;

    ConsoleApplication(GateConfig config) {
        this.config = config;
    }

    @Override
    public int run(String... args) {
        ExitWatchdog.arm(config.admission().exitTimeout());
        LOG.infof(
                "watching what runs, management on port %d", config.management().port());
        Quarkus.waitForExit();
        return 0;
    }
}
