package dev.bulkhead.app.console;

import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.api.ManifestReports;
import dev.bulkhead.app.cluster.doctor.FactReader;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.WebhookHealth;
import dev.bulkhead.app.cluster.doctor.check.Checks;
import dev.bulkhead.app.cluster.resource.Kubeconfig;
import dev.bulkhead.app.cluster.scan.ScanRuntime;
import dev.bulkhead.app.cluster.scan.ScanView;
import dev.bulkhead.app.cluster.scan.personal.PersonalReader;
import dev.bulkhead.app.cluster.scan.personal.PolledScan;
import dev.bulkhead.app.cluster.scan.preview.Previews;
import dev.bulkhead.app.config.ConfigurationException;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.console.access.ApiServerReviews;
import dev.bulkhead.app.console.access.ClusterAccess;
import dev.bulkhead.app.console.access.ClusterReviews;
import dev.bulkhead.app.console.access.ConsoleAccess;
import dev.bulkhead.app.console.access.LaptopAccess;
import dev.bulkhead.app.console.access.NamespaceAccess;
import dev.bulkhead.app.console.access.TrustedProxy;
import dev.bulkhead.app.console.page.ConsolePages;
import dev.bulkhead.app.console.page.PageAnswer;
import dev.bulkhead.app.console.view.ClusterConsoleData;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.ScanRows;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.preview.OwnerLabels;
import dev.bulkhead.engine.workload.ImmutableCopies;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** The beans of the console. None of them exists before the console starts. */
final class ConsoleBeans {
    private static final Logger LOG = Logger.getLogger(ConsoleBeans.class);

    /** More than the questions about a person take at most. */
    private static final Duration PAGE_TIME = Duration.ofSeconds(30);

    @Produces
    @Singleton
    ConsoleRequests requests(
            GateConfig config, ConsoleData data, ScanRows rows, ConsoleAccess access, Optional<PolledScan> polled) {
        ConsoleAssets assets = new ConsoleAssets();
        ConsolePages pages = new ConsolePages(data, rows, assets::address);
        FirstPages.render(pages, data);
        return new ConsoleRequests(
                new ConsoleRequests.Limits(
                        config.console().threads(),
                        Math.toIntExact(config.api().maxBody().asLongValue()),
                        config.admission().bodyTimeout(),
                        PAGE_TIME),
                access,
                pages,
                strangers(pages),
                assets,
                () -> polled.ifPresent(PolledScan::look));
    }

    @Produces
    @Singleton
    ViewerEvaluation evaluation(GateConfig config, WorkloadKinds kinds, Clock clock, ConsoleData data) {
        return new ViewerEvaluation(data, new ManifestReports(config, kinds, clock));
    }

    @Produces
    @Singleton
    PageThreads threads(ConsoleRequests requests) {
        return requests.threads();
    }

    /** On a laptop there is no runtime, so that refusals are not followed. */
    @Produces
    @Singleton
    ClusterConsoleData data(
            GateConfig config,
            Clock clock,
            Optional<ScanView> scan,
            Optional<Previews> previews,
            Optional<ScanRuntime> runtime,
            Optional<PolledScan> polled,
            Instance<KubernetesClient> client) {
        ScanView view = scan.orElseThrow(() ->
                new ConfigurationException("bulkhead.console.enabled", "only bulkhead console serves the console"));
        ClusterConsoleData.Settings settings = new ClusterConsoleData.Settings(
                config.exemptions().maxDuration(),
                config.cluster().namespace(),
                excluded(config, polled),
                new OwnerLabels(config.scan().ownerLabels()),
                Guidance.DEFAULT.withPages(config.docs().url()).pages());
        ClusterConsoleData data = new ClusterConsoleData(
                view,
                previews.orElseGet(() -> ofPerson(view, settings, clock)),
                runtime.map(ScanRuntime::refusals),
                webhook(config, clock, client),
                settings,
                clock);
        data.start();
        return data;
    }

    /** On a laptop, as the installation in the cluster is set up. */
    private static Supplier<Set<String>> excluded(GateConfig config, Optional<PolledScan> polled) {
        Set<String> configured = ImmutableCopies.of(config.scan()
                .excludedNamespaces()
                .orElseGet(() -> List.of("kube-system", config.cluster().namespace())));
        return polled.<Supplier<Set<String>>>map(person -> person::excludedNamespaces)
                .orElse(() -> configured);
    }

    private static Previews ofPerson(ScanView scan, ClusterConsoleData.Settings settings, Clock clock) {
        return new Previews(
                scan,
                new Previews.Settings(
                        settings.excludedNamespaces(),
                        settings.ownerLabels(),
                        settings.maxExemptionDuration(),
                        settings.home()),
                Map::of,
                clock);
    }

    /** The account of the console may read no Secret; a person may, and sees when the certificate expires. */
    private static WebhookHealth webhook(GateConfig config, Clock clock, Instance<KubernetesClient> client) {
        String home = config.cluster().namespace();
        if (!config.console().local()) {
            Set<Source> sources = EnumSet.of(Source.DEPLOYMENT, Source.MUTATING, Source.VALIDATING);
            return new WebhookHealth(
                    now -> new FactReader(client.get(), home, what -> {}).read(now, sources), Checks.OF_WEBHOOK, clock);
        }
        Set<Source> sources = EnumSet.of(Source.DEPLOYMENT, Source.MUTATING, Source.VALIDATING, Source.CERTIFICATE);
        return new WebhookHealth(
                now -> {
                    // A client of its own, since credentials of a kubeconfig are renewed by the program that it names.
                    try (KubernetesClient own = new KubernetesClientBuilder()
                            .withConfig(Kubeconfig.read(config.console().context()))
                            .build()) {
                        return new FactReader(own, home, what -> {}).read(now, sources);
                    }
                },
                Checks.OF_WEBHOOK,
                clock);
    }

    void close(@Disposes ClusterConsoleData data) {
        data.close();
    }

    @Produces
    @Singleton
    ScanRows rows(ConsoleData data) {
        return new ScanRows(data);
    }

    @Produces
    @Singleton
    ConsoleAccess access(
            GateConfig config,
            Clock clock,
            Instance<LaptopAccess> laptop,
            Instance<NamespaceAccess> namespaces,
            Instance<ApiServerReviews> reviews) {
        GateConfig.Console console = config.console();
        return console.local()
                ? laptop.get()
                : new ClusterAccess(
                        new ClusterAccess.Settings(
                                console.sessionDuration(),
                                console.sessionIdle(),
                                proxy(console.proxy()),
                                ConsoleServer.isOnLoopback(console)),
                        reviews.get(),
                        namespaces.get(),
                        clock);
    }

    @Produces
    @Singleton
    ApiServerReviews reviews(KubernetesClient client, Clock clock) {
        return new ClusterReviews(client, clock);
    }

    @Produces
    @Singleton
    NamespaceAccess namespaces(ApiServerReviews reviews, ConsoleData data, Clock clock) {
        return new NamespaceAccess(
                reviews, () -> data.namespaces().stream().map(Namespace::name).toList(), clock);
    }

    void close(@Disposes NamespaceAccess namespaces) {
        namespaces.close();
    }

    private static StrangerPages strangers(ConsolePages pages) {
        return new StrangerPages() {
            @Override
            public PageAnswer signIn(Optional<String> problem, String next) {
                return pages.signIn(problem, next);
            }

            @Override
            public PageAnswer failure(int status, String title, String sentence) {
                return pages.failure(status, title, sentence);
            }
        };
    }

    @Produces
    @Singleton
    @Typed(LaptopAccess.class)
    LaptopAccess laptop(GateConfig config) {
        return new LaptopAccess(config.console().context().orElse("you"));
    }

    /** What a person's own kubeconfig leads to. */
    @Produces
    @Singleton
    Optional<PolledScan> polled(GateConfig config, WorkloadKinds kinds, Clock clock) {
        GateConfig.Console console = config.console();
        if (!console.local()) {
            return Optional.empty();
        }
        return Optional.of(new PolledScan(
                new PersonalReader(
                        Kubeconfig.read(console.context()), config.cluster().namespace(), console.namespace(), kinds),
                config.exemptions().maxDuration(),
                clock));
    }

    @Produces
    @Singleton
    Optional<ScanView> view(Optional<ScanRuntime> scan, Optional<PolledScan> polled) {
        return scan.<ScanView>map(runtime -> runtime).or(() -> polled);
    }

    void start(@Observes StartupEvent start, Optional<PolledScan> polled) {
        polled.ifPresent(PolledScan::start);
    }

    void stop(@Observes ShutdownEvent stop, Optional<PolledScan> polled) {
        polled.ifPresent(PolledScan::close);
    }

    private static Optional<TrustedProxy> proxy(GateConfig.ConsoleProxy proxy) {
        if (proxy.userHeader().isPresent() != proxy.secretFile().isPresent()
                || (proxy.userHeader().isEmpty() && (proxy.groupsHeader().isPresent() || proxy.plain()))) {
            throw new ConfigurationException(
                    "bulkhead.console.proxy",
                    "expected both user-header and secret-file, since anybody can send a header");
        }
        return proxy.userHeader()
                .map(header -> new TrustedProxy(
                        header,
                        proxy.groupsHeader(),
                        () -> secret(proxy.secretFile().orElseThrow())));
    }

    /** Read anew each time, so that a Secret can be rotated. */
    private static String secret(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            LOG.errorf("the secret of the proxy cannot be read: %s", e.getMessage());
            return "";
        }
    }
}
