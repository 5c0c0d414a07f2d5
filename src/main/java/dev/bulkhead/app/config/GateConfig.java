package dev.bulkhead.app.config;

import dev.bulkhead.app.cluster.webhook.WebhookDriftDetector.Repair;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.rule.RuleInfo;
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
    /** The name of the TLS configuration that the admission endpoint uses. */
    String TLS = "gate";

    /** The setting {@link Exemptions#maxDuration}, which the command line reads as well. */
    String MAX_EXEMPTION_DURATION = "bulkhead.exemptions.max-duration";

    /** How reviews are taken in. */
    Admission admission();

    /** What is demanded of workloads. */
    Policy policy();

    /** What exemptions count. */
    Exemptions exemptions();

    /** The cluster that the gate stands in front of. */
    ClusterTies cluster();

    /** What makes pods. */
    Workloads workloads();

    /** What is written down. */
    Log log();

    /** Traces, by OpenTelemetry. */
    Tracing tracing();

    /** Health and metrics. */
    Management management();

    /** The HTTP API. */
    Api api();

    /** What the gate proves its name with. */
    Tls tls();

    /** The pages that messages point to. */
    Docs docs();

    /**
     * One line for every denial: who to ask, and how to request an exemption. At most 200 characters, without control
     * characters.
     */
    Optional<String> contact();

    /** Where Bulkhead's checkout is, when it runs from one; the launcher sets it. */
    Optional<Path> home();

    /** How reviews are taken in. */
    interface Admission {
        /** The port of the gate, HTTPS only. */
        int port();

        /**
         * How long a connection may be idle. The API server drops its own after 90 s and does not repeat a request that
         * meets a closing connection, so that this must be longer.
         */
        Duration idleTimeout();

        /**
         * How many connections may be open at once. When they run out, the idlest goes that never carried a review, else
         * the idlest of the peer address that has the most. Clients with a certificate of {@link #clientCa} do not count.
         */
        @WithDefault("4096")
        int maxConnections();

        /** How many of them one peer address may have. */
        @WithDefault("1024")
        int maxConnectionsPerPeer();

        /**
         * How long a connection may take to carry the head of its first request. Clients with a certificate of
         * {@link #clientCa} may take as long as {@link #idleTimeout}.
         */
        @WithDefault("20s")
        Duration unusedTimeout();

        /**
         * Certificates of the authorities, in PEM form, by whose certificates the API server is known. Clients are asked
         * for a certificate and need not have any; one that does not verify is refused. What is more than a verdict, such
         * as advice about a namespace, is for clients with one only.
         */
        Optional<Path> clientCa();

        /** The largest review that is judged; larger ones are denied. The API server's legal ones reach some 20 MiB. */
        @WithDefault("32M")
        MemorySize maxBody();

        /**
         * How much of all reviews together may be in memory, waiting to be complete or to be judged; without it, a
         * quarter of the heap, but no less than {@link #maxBody} and no more than 96 MiB. What finds no room is answered
         * with 429, which makes the API server try again.
         */
        Optional<MemorySize> maxBuffered();

        /** How long a client may take to send the head of a request, from its first byte on. */
        @WithDefault("10s")
        Duration headTimeout();

        /** How long a client may take to send a review after its head. */
        @WithDefault("10s")
        Duration bodyTimeout();

        /**
         * How long after its head a review is decided at the latest: what is not judged by then is denied. A shorter
         * timeout that the API server names counts instead.
         */
        @WithDefault("4s")
        Duration deadline();

        /**
         * How long the gate goes on answering after it was told to stop, each answer the last on its connection. In a
         * cluster it must outlast the 90 s for which the API server keeps idle connections: a request that meets a
         * closing one fails. Not for less than that; without a cluster, not at all.
         */
        Duration drain();

        /** How long after that the process may take to end before it is ended, whatever it still does. */
        @WithDefault("15s")
        Duration exitTimeout();

        /** How many reviews the gate judges for itself before it is ready, so that the first real ones are fast. */
        @WithDefault("2000")
        int warmUp();
    }

    /** What is demanded of workloads. */
    interface Policy {
        /** Files and folders of policies and exemptions; without any, the built-in policy judges everything. */
        Optional<List<Path>> files();

        /** How often the files are looked at for changes. */
        @WithDefault("2s")
        Duration reloadEvery();

        /** The profile of the built-in policy. */
        @WithDefault("least-privilege")
        String profile();

        /** How far the built-in policy goes. */
        @WithDefault("enforce")
        Mode mode();

        /** What becomes of workloads that no policy matches. */
        @WithDefault("fallback")
        DefaultPolicy defaultPolicy();
    }

    /** What exemptions count. */
    interface Exemptions {
        /**
         * The namespaces whose exemptions are honoured. Whoever may create exemptions there may loosen any policy, so
         * that these should be the platform team's. Without any: the gate's own namespace.
         */
        Optional<List<String>> namespaces();

        /** The maximum time from now until an exemption expires. */
        @WithDefault("365d")
        Duration maxDuration();
    }

    /** The cluster that the gate stands in front of. */
    interface ClusterTies {
        /**
         * Whether Bulkhead watches policies, exemptions and namespaces in the cluster, and maintains the certificate and the
         * webhook configurations there; the chart sets it.
         */
        @WithDefault("false")
        boolean enabled();

        /** The gate's own namespace. */
        @WithDefault("bulkhead-system")
        String namespace();

        /** This replica's name; without it, the name of the machine. */
        Optional<String> pod();

        /** The Service by which the API server reaches the gate. */
        @WithDefault("bulkhead")
        String service();

        /** The Lease that one replica holds to be the one that writes. */
        @WithDefault("bulkhead")
        String lease();

        /** The name of the mutating and the validating webhook configuration. */
        @WithDefault("bulkhead")
        String webhookConfiguration();

        /**
         * Whether webhook configurations that somebody changed are put back as they were installed: {@code none},
         * {@code edits}, or {@code all}, which includes those that were deleted.
         */
        @WithDefault("edits")
        Repair repair();

        /**
         * Whether PersistentVolumes are watched, so that what lies behind a claim is judged: a control socket, a device, a
         * file system that cannot be mounted in a user namespace.
         */
        @WithDefault("true")
        boolean persistentVolumes();
    }

    /** What makes pods. */
    interface Workloads {
        /**
         * Kinds of the cluster's own that hold a pod template, beside those of Kubernetes, each as
         * {@code GROUP/KIND=/PATH/TO/TEMPLATE}. An object without a template there is denied, unless a question mark
         * follows the path.
         */
        Optional<List<String>> kinds();
    }

    /** The pages that messages point to. */
    interface Docs {
        /**
         * The address of a rule's page, http or https, in which {@code {rule}} stands for the rule's id; an address
         * without it is followed by the id.
         */
        @WithDefault(RuleInfo.PAGES)
        String url();
    }

    /** What is written down. */
    interface Log {
        /** How much of what the program itself does is logged: {@code DEBUG}, {@code INFO}, {@code WARN}, {@code ERROR}. */
        String level();

        /** Whether the log consists of JSON objects, one a line. */
        boolean json();

        /** Which decisions are logged, each in a line. */
        @WithDefault("all")
        Decisions decisions();

        /** Whether every HTTP request is logged in a line. */
        @WithDefault("false")
        boolean access();

        /** Which decisions are logged. */
        enum Decisions {
            /** Every one. */
            ALL,
            /** Those that deny, change or warn, or would if every policy enforced, and those that could not be made. */
            NOTABLE,
            /** None. */
            NONE
        }
    }

    /** Traces, by OpenTelemetry. */
    interface Tracing {
        /** Whether nothing is traced. */
        boolean disabled();

        /** Where traces are sent, by OTLP. */
        String endpoint();

        /** How they are sent: {@code grpc} or {@code http/protobuf}. */
        String protocol();
    }

    /** Health and metrics. */
    interface Management {
        /** The port of health and metrics, HTTP. */
        int port();
    }

    /** The HTTP API, on a port and threads of its own. */
    interface Api {
        /** Whether it is served; {@code serve --api-port} turns it on. */
        @WithDefault("false")
        boolean enabled();

        /** The address it listens on. It asks nobody who they are: anyone who can connect may use it. */
        @WithDefault("localhost")
        String host();

        /** The port it listens on, HTTP. */
        int port();

        /** The largest manifest that is judged. */
        @WithDefault("4M")
        MemorySize maxBody();

        /** How many manifests are judged at once. */
        @WithDefault("1")
        int threads();

        /** How many more may be arriving or waiting to be judged; others are answered with 429. */
        @WithDefault("4")
        int waiting();

        /** How many connections may be open at once; others are closed. */
        @WithDefault("64")
        int maxConnections();
    }

    /**
     * What the gate proves its name with: files, or in a cluster a Secret that the gate fills and renews; else it issues
     * itself a certificate at start.
     */
    interface Tls {
        /** The certificate in PEM form, followed by its issuers; set together with the key. */
        Optional<Path> cert();

        /** The certificate's key in PEM form, without a passphrase. */
        Optional<Path> key();

        /**
         * The CA certificates that the API server has to trust, in PEM form; written into the webhook configurations where
         * the serving certificate comes from files.
         */
        Optional<Path> ca();

        /** How often the files are looked at for changes. */
        @WithDefault("10s")
        Duration reloadEvery();

        /** How long a new CA of Bulkhead's own is in the CA bundle before it issues. */
        @WithDefault("10m")
        Duration caPropagationDelay();

        /** The Secret in which the replicas share the certificate that they issue themselves. */
        @WithDefault("bulkhead-certificate")
        String secret();
    }
}
