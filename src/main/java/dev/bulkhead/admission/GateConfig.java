package dev.bulkhead.admission;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Everything about the gate that can be set, by system property or environment variable. */
@ConfigMapping(prefix = "bulkhead")
public interface GateConfig {
    /** How reviews are taken in. */
    Admission admission();

    /** What is demanded of workloads. */
    Policy policy();

    /** What the gate proves its name with. */
    Tls tls();

    /** Where Bulkhead's checkout is, when it runs from one; the launcher sets it. */
    Optional<Path> home();

    /** How reviews are taken in. */
    interface Admission {
        /** The largest review that is judged; larger ones are denied. The API server's legal ones reach some 20 MiB. */
        @WithDefault("32M")
        MemorySize maxBody();

        /**
         * How much of all reviews together may be in memory, waiting to be complete or to be judged. What finds no room
         * is answered with 429, which makes the API server try again.
         */
        @WithDefault("96M")
        MemorySize maxBuffered();

        /** How long a client may take to send the head of a request, from its first byte on. */
        @WithDefault("10s")
        Duration headTimeout();

        /** How long a client may take to send a review after its head. */
        @WithDefault("10s")
        Duration bodyTimeout();
    }

    /** What is demanded of workloads. */
    interface Policy {
        /** Files and folders of policies and exemptions; without any, the built-in policy applies. */
        Optional<List<Path>> files();

        /** How often the files are looked at for changes. */
        @WithDefault("2s")
        Duration reloadEvery();

        /** The profile of the built-in policy. */
        @WithDefault("least-privilege")
        String profile();
    }

    /** What the gate proves its name with. Without files, it issues itself a certificate at start. */
    interface Tls {
        /** The certificate in PEM form, followed by its issuers; set together with the key. */
        Optional<Path> cert();

        /** The certificate's key in PEM form, without a passphrase. */
        Optional<Path> key();
    }
}
