package dev.bulkhead.app.cli;

import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.console.ConsoleServer;
import dev.bulkhead.app.console.access.LaptopAccess;
import dev.bulkhead.app.server.ExitWatchdog;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/** The running console: says that it has started, and where, then waits to be stopped. */
@Singleton
@Unremovable
final class ConsoleApplication implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(ConsoleApplication.class);

    private final GateConfig config;
    private final ConsoleServer server;
    private final Instance<LaptopAccess> laptop;

    ConsoleApplication(GateConfig config, ConsoleServer server, Instance<LaptopAccess> laptop) {
        this.config = config;
        this.server = server;
        this.laptop = laptop;
    }

    @Override
    public int run(String... args) {
        ExitWatchdog.arm(config.admission().exitTimeout());
        if (config.console().local()) {
            invite();
        } else {
            LOG.infof(
                    "watching what runs, management on port %d",
                    config.management().port());
            server.port().ifPresent(port -> LOG.infof("console on port %d", port));
        }
        Quarkus.waitForExit();
        return 0;
    }

    /** Shows the link that works once, and the next one when it has been used. */
    private void invite() {
        int port = server.port().orElseThrow();
        String url = "http://127.0.0.1:" + port;
        LaptopAccess access = laptop.get();
        access.listensOn(port, link -> System.out.println("Opened in a browser. For another browser: " + url + link));
        System.out.println(String.join(
                System.lineSeparator(),
                "Bulkhead " + Version.current() + " reads the cluster"
                        + config.console()
                                .context()
                                .map(name -> " of context " + name)
                                .orElse("")
                        + "; nothing is changed there. Open",
                "  " + url + access.link(),
                "The link works once. Stop with Ctrl-C."));
    }
}
