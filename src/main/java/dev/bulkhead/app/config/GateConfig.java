package dev.bulkhead.app.config;

import dev.bulkhead.app.cluster.report.ReportChoice;
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

/**
 * The settings of Bulkhead's server, by system property or environment variable. One mapping, although it is long: it is
 * the only list of settings and their defaults, and {@code docs/configuration.md} is checked against it.
 */
@ConfigMapping(prefix = "bulkhead")
public interface GateConfig {
    /** The name of the TLS configuration that the admission endpoint uses. */
    String TLS = "gate";

    /** The setting {@link Exemptions#maxDuration}, which the command line reads as well. */
    String MAX_EXEMPTION_DURATION = "bulkhead.exemptions.max-duration";

    /** Connections, reviews and deadlines. */
    Admission admission();

    /** Policy files and the built-in policy. */
    Policy policy();

    /** Which exemptions apply. */
    Exemptions exemptions();

    /** The cluster that Bulkhead runs in. */
    ClusterSettings cluster();

    /** The scan of what runs. */
    Scan scan();

    /** The console. */
    Console console();

    /** Events about what was refused. */
    Refusals refusals();

    /** Reports of workloads. */
    Reports reports();

    /** Custom kinds that hold pods. */
    Workloads workloads();

    /** Logs. */
    Log log();

    /** Traces, by OpenTelemetry. */
    Tracing tracing();

    /** Health and metrics. */
    Management management();

    /** The HTTP API. */
    Api api();

    /** The server's certificate. */
    Tls tls();

    /** The pages that messages point to. */
    Docs docs();

    /**
     * One line for every denial: who to ask, and how to request an exemption. At most 200 characters, without control
     * characters.
     */
    Optional<String> contact();

    /** The directory of Bulkhead's checkout, if it runs from one; the launcher sets it. */
    Optional<Path> home();

    /** Connections, reviews and deadlines. */
    interface Admission {
        /** The port of the webhook, HTTPS only. */
        int port();

        /**
         * How long a connection may be idle. The API server closes its own after 90 s and does not retry a request
         * that meets a closing connection, so this must be longer.
         */
        Duration idleTimeout();

        /**
         * The most connections open at once. Beyond that, the connection that has been idle longest and never carried
         * a review is closed, or else the idlest of the peer address that has the most. Clients with a certificate of
         * {@link #clientCa} do not count.
         */
        @WithDefault("4096")
        int maxConnections();

        /** The most connections of one peer address. */
        @WithDefault("1024")
        int maxConnectionsPerPeer();

        /**
         * The time until a connection must carry its first request; for clients with a certificate of {@link
         * #clientCa} it is {@link #idleTimeout}.
         */
        @WithDefault("20s")
        Duration unusedTimeout();

        /**
         * The CAs, in PEM form, that issue the API server's client certificate. Clients are asked for a certificate
         * and need not have one; a certificate that does not verify is refused. Clients without one get verdicts only,
         * and no warnings about namespaces.
         */
        Optional<Path> clientCa();

        /** The largest review that is evaluated; larger ones are denied. Valid reviews reach about 20 MiB. */
        @WithDefault("32M")
        MemorySize maxBody();

        /**
         * The memory for all reviews together; by default a quarter of the heap, but at least {@link #maxBody} and at
         * most 96 MiB. A review that does not fit is answered with 429, and the API server retries.
         */
        Optional<MemorySize> maxBuffered();

        /** The time for the head of a request, counted from its first byte. */
        @WithDefault("10s")
        Duration headTimeout();

        /** The time for the body after the head. */
        @WithDefault("10s")
        Duration bodyTimeout();

        /**
         * The time from the head to the decision: a review that is not evaluated by then is denied. A shorter timeout
         * that the API server names applies instead.
         */
        @WithDefault("4s")
        Duration deadline();

        /**
         * How long the server keeps answering after it was asked to stop; each answer closes its connection. In a
         * cluster it must be longer than the 90 s for which the API server keeps idle connections, because a request
         * that meets a closing connection fails. Without a cluster it is zero.
         */
        Duration drain();

        /** How long the process may take to exit after that; then it is terminated. */
        @WithDefault("15s")
        Duration exitTimeout();

        /** Whether TLS is BoringSSL's where that runs and can use the certificate, and Java's only elsewhere. */
        @WithDefault("true")
        boolean nativeTls();

        /**
         * The most sample reviews that the server sends to itself before it is ready, so that the first real ones are
         * fast.
         */
        @WithDefault("2000")
        int warmUp();

        /** The longest that this may take. */
        @WithDefault("10s")
        Duration warmUpTime();
    }

    /** Policy files and the built-in policy. */
    interface Policy {
        /** Files and directories of policies and exemptions; without any, the built-in policy applies to everything. */
        Optional<List<Path>> files();

        /** How often the files are checked for changes. */
        @WithDefault("2s")
        Duration reloadEvery();

        /** The profile of the built-in policy. */
        @WithDefault("least-privilege")
        String profile();

        /** The mode of the built-in policy. */
        @WithDefault("enforce")
        Mode mode();

        /** What applies to workloads that no policy matches. */
        @WithDefault("fallback")
        DefaultPolicy defaultPolicy();
    }

    /** Which exemptions apply. */
    interface Exemptions {
        /**
         * The namespaces whose exemptions are honoured; by default Bulkhead's own. Anyone who may create exemptions
         * there can loosen any policy, so they should belong to the platform team.
         */
        Optional<List<String>> namespaces();

        /** The maximum time from now until an exemption expires. */
        @WithDefault("365d")
        Duration maxDuration();
    }

    /** The cluster that Bulkhead runs in. */
    interface ClusterSettings {
        /**
         * Whether Bulkhead watches policies, exemptions and namespaces in the cluster, and maintains the certificate and the
         * webhook configurations there; the chart sets it.
         */
        @WithDefault("false")
        boolean enabled();

        /** Bulkhead's own namespace. */
        @WithDefault("bulkhead-system")
        String namespace();

        /** This replica's name; by default the host name. */
        Optional<String> pod();

        /** The Service by which the API server reaches Bulkhead. */
        @WithDefault("bulkhead")
        String service();

        /** The Lease that the leader holds. */
        @WithDefault("bulkhead")
        String lease();

        /** The name of the mutating and the validating webhook configuration. */
        @WithDefault("bulkhead")
        String webhookConfiguration();

        /**
         * What is restored when somebody changes the webhook configurations: {@code none}, {@code edits}, or {@code
         * all}, which includes deleted configurations.
         */
        @WithDefault("edits")
        Repair repair();

        /**
         * Whether a condition made of the policies is kept in the mutating webhook, so that the API server calls it only for
         * pods that may lack something.
         */
        @WithDefault("false")
        boolean spareMutateCalls();

        /** Other MutatingWebhookConfigurations that add no containers to pods and change no security context. */
        Optional<List<String>> harmlessWebhooks();

        /**
         * Whether PersistentVolumes are watched, so that the volume behind a claim is evaluated: a control socket, a
         * device, a file system that cannot be mounted in a user namespace.
         */
        @WithDefault("true")
        boolean persistentVolumes();

        /**
         * The ConfigMap in Bulkhead's namespace in which {@code console} records as whom images run, and in which the
         * webhook reads it; without a name neither does.
         */
        Optional<String> images();

        /**
         * How many of the API server's own admission policies, which say the policies and exemptions in CEL, the leader may
         * keep with each effect; 0 for none.
         */
        @WithDefault("0")
        int secondLayer();
    }

    /** The scan of what runs. */
    interface Scan {
        /** Whether this process scans the cluster and serves no webhook; {@code console} sets it. */
        @WithDefault("false")
        boolean enabled();

        /**
         * Whether pods that do not start because of what was filled in are reported: by an event on their workload, and in
         * the status of policies.
         */
        @WithDefault("true")
        boolean startFailures();

        /** The registries of images. */
        Registries registries();

        /** The statistics of kubelets. */
        NodeStats nodeStats();

        /** The labels that say to whom a workload belongs: the first that it carries, else the first of its namespace. */
        @WithDefault("app.kubernetes.io/part-of,team,owner")
        List<String> ownerLabels();

        /**
         * The namespaces whose workloads the API server does not send to the webhook; by default {@code kube-system} and
         * Bulkhead's own.
         */
        Optional<List<String>> excludedNamespaces();
    }

    /** The statistics of kubelets. */
    interface NodeStats {
        /** Whether kubelets are asked which containers write to their root file systems. */
        @WithDefault("false")
        boolean enabled();

        /** The ServiceAccount in Bulkhead's namespace by whose tokens they are asked. */
        @WithDefault("bulkhead-node-stats")
        String account();

        /**
         * The CAs of the kubelets' serving certificates, in PEM form; by default that of the API server. A kubelet with
         * another certificate is not asked.
         */
        Optional<Path> ca();
    }

    /** The registries of images. */
    interface Registries {
        /** Whether registries are asked about images of which nothing is known. */
        @WithDefault("false")
        boolean enabled();

        /** Whether with the pull secrets of the pods, which the process must be allowed to read. */
        @WithDefault("false")
        boolean pullSecrets();
    }

    /** The console: pages of what the scan finds, for people. */
    interface Console {
        /** Whether this process serves it; {@code console} sets it. */
        @WithDefault("false")
        boolean enabled();

        /**
         * Whether it serves one person, with this person's own kubeconfig, on the loopback interface; {@code console} sets
         * it outside of a cluster.
         */
        @WithDefault("false")
        boolean local();

        /** The context of the kubeconfig, if not the current one; {@code console --context} sets it. */
        Optional<String> context();

        /** The only namespace that is read with the kubeconfig; {@code console --namespace} sets it. */
        Optional<String> namespace();

        /** The port it listens on. */
        @WithDefault("8081")
        int port();

        /** The most connections open at once; others are closed. */
        @WithDefault("256")
        int maxConnections();

        /** The number of pages made at once; as many more wait for each, and others are answered with 503. */
        @WithDefault("4")
        int threads();

        /** How long a person stays signed in at most. */
        @WithDefault("8h")
        Duration sessionDuration();

        /** How long a person stays signed in without a request. */
        @WithDefault("1h")
        Duration sessionIdle();

        /** Its certificate; without one it listens on the loopback interface only. */
        ConsoleTls tls();

        /** A proxy that authenticates people. */
        ConsoleProxy proxy();
    }

    /** The console's certificate. */
    interface ConsoleTls {
        /** The certificate in PEM form, followed by its issuers; set together with the key. */
        Optional<Path> cert();

        /** The certificate's key in PEM form, without a passphrase. */
        Optional<Path> key();
    }

    /** A proxy that authenticates people and names them in headers. */
    interface ConsoleProxy {
        /** The header with a person's name; set together with the file of the secret. */
        Optional<String> userHeader();

        /** The header with a person's groups, separated by commas or repeated. */
        Optional<String> groupsHeader();

        /**
         * The file with the secret, of at least 32 characters, that the proxy sends in the header {@code
         * X-Bulkhead-Proxy-Secret}. Without it no header counts.
         */
        Optional<Path> secretFile();

        /**
         * Whether the console listens on all interfaces without TLS, for the proxy. Anyone who sees the traffic between both
         * can then use the console in anybody's name.
         */
        @WithDefault("false")
        boolean plain();
    }

    /** Events about what was refused. */
    interface Refusals {
        /** Whether an event in the object's namespace says what was refused, in a cluster. */
        @WithDefault("true")
        boolean events();

        /** Whether these events say who sent the object. */
        @WithDefault("true")
        boolean users();
    }

    /** Reports of workloads. */
    interface Reports {
        /** Whether {@code console} writes a report of each workload, where the cluster has an API for reports. */
        @WithDefault("true")
        boolean enabled();

        /** The API of the reports: {@code openreports}, {@code wgpolicyk8s}, or {@code auto}, the first that the cluster has. */
        @WithDefault("auto")
        ReportChoice api();
    }

    /** Custom kinds that hold pods. */
    interface Workloads {
        /**
         * Custom kinds that hold a pod template, besides those of Kubernetes, each as {@code
         * GROUP/KIND=/PATH/TO/TEMPLATE}. An object without a template there is denied, unless a question mark follows
         * the path.
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

    /** Logs. */
    interface Log {
        /** The level of the program's own log: {@code DEBUG}, {@code INFO}, {@code WARN}, {@code ERROR}. */
        String level();

        /** Whether the log is JSON, one object per line. */
        boolean json();

        /** Which decisions are logged, one line each. */
        @WithDefault("all")
        Decisions decisions();

        /** Whether every HTTP request, to the webhook or the API, is logged, one line each. */
        @WithDefault("false")
        boolean access();

        /** Which decisions are logged. */
        enum Decisions {
            /** Every one. */
            ALL,
            /** Those that deny, change or warn, or would if every policy enforced, and those that failed. */
            NOTABLE,
            /** None. */
            NONE
        }
    }

    /** Traces, by OpenTelemetry. */
    interface Tracing {
        /** Whether tracing is off. */
        boolean disabled();

        /** Where traces are sent, by OTLP. */
        String endpoint();

        /** The protocol: {@code grpc} or {@code http/protobuf}. */
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

        /** The address it listens on. It authenticates nobody: anyone who can connect may use it. */
        @WithDefault("localhost")
        String host();

        /** The port it listens on, HTTP. */
        int port();

        /** The largest manifest that is evaluated. */
        @WithDefault("4M")
        MemorySize maxBody();

        /** The number of manifests evaluated at once. */
        @WithDefault("1")
        int threads();

        /** How many more may be arriving or waiting; others are answered with 429. */
        @WithDefault("4")
        int waiting();

        /** The most connections open at once; others are closed. */
        @WithDefault("64")
        int maxConnections();
    }

    /**
     * The server's certificate: from files, or in a cluster from a Secret that the leader fills and renews; otherwise
     * Bulkhead issues one at start.
     */
    interface Tls {
        /** The certificate in PEM form, followed by its issuers; set together with the key. */
        Optional<Path> cert();

        /** The certificate's key in PEM form, without a passphrase. */
        Optional<Path> key();

        /**
         * The CA certificates that the API server must trust, in PEM form; written into the webhook configurations if
         * the server's certificate comes from files.
         */
        Optional<Path> ca();

        /** How often the files are checked for changes. */
        @WithDefault("10s")
        Duration reloadEvery();

        /** How long a new CA of Bulkhead's own is in the CA bundle before it issues certificates. */
        @WithDefault("10m")
        Duration caPropagationDelay();

        /** The Secret in which the replicas share the certificate that Bulkhead issues itself. */
        @WithDefault("bulkhead-certificate")
        String secret();
    }
}
