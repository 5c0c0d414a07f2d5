package dev.bulkhead.app.cli;

import dev.bulkhead.app.certificate.CertificateFiles;
import dev.bulkhead.app.certificate.UnusableCertificateException;
import dev.bulkhead.app.config.ConfigurationException;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.config.SettingsCheck;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.WorkloadKinds;
import dev.bulkhead.manifest.ManifestProblem;
import dev.bulkhead.manifest.PolicyFiles;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusBindException;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the webhook until it is stopped. */
@Command(
        name = "serve",
        description = "Runs the webhook: answers the AdmissionReviews of an API server.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ServeCommand implements Callable<Integer> {
    private static final int HIGHEST_PORT = 65_535;
    private static final String MANAGEMENT_PORT = "bulkhead.management.port";
    private static final String IN_USE = ": it is in use, or this user may not";

    private final CliEnvironment environment;

    @Spec
    private CommandSpec spec;

    @Option(names = "--port", paramLabel = "N", description = "Port of the webhook; 0 takes a free one. Default: 8443.")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--management-port",
            paramLabel = "N",
            description = "Port of health and metrics; 0 takes a free one. Default: 9000.")
    private Optional<Integer> managementPort = Optional.empty();

    @Option(
            names = "--api-port",
            paramLabel = "N",
            description = "Also serves the HTTP API, on this port of localhost; 0 takes a free one. Default: no API.")
    private Optional<Integer> apiPort = Optional.empty();

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "Policies and exemptions; may be repeated. Default: a built-in policy.")
    private List<Path> policies = List.of();

    @Option(
            names = "--profile",
            paramLabel = "PROFILE",
            description = "Profile of the built-in policy: " + Profile.NAMES + ". Default: least-privilege.")
    private Optional<String> profile = Optional.empty();

    @Option(
            names = "--default-policy",
            paramLabel = "WHAT",
            description =
                    "What applies to workloads that no policy matches: fallback evaluates them with the built-in policy,"
                            + " none admits them. Default: fallback.")
    private DefaultPolicy defaultPolicy = DefaultPolicy.FALLBACK;

    @Mixin
    private ExemptionOptions exemptions = new ExemptionOptions();

    @Mixin
    private KindOptions kinds = new KindOptions();

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Certificate and its issuers, PEM. Default: one that Bulkhead issues itself.")
    private Optional<Path> tlsCertificate = Optional.empty();

    @Option(names = "--tls-key", paramLabel = "FILE", description = "The certificate's key, PEM, EC or RSA.")
    private Optional<Path> tlsKey = Optional.empty();

    ServeCommand() {
        this(CliEnvironment.ofProcess());
    }

    ServeCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        Map<String, String> settings = settings();
        if (!policies.isEmpty() && hasPolicyProblems()) {
            return CommandLine.ExitCode.USAGE;
        }
        settings.forEach(System::setProperty);
        if (hasSettingProblems()) {
            return CommandLine.ExitCode.SOFTWARE;
        }
        AtomicInteger exitCode = new AtomicInteger();
        Quarkus.run(ServingApplication.class, (code, failure) -> {
            exitCode.set(code);
            if (failure != null) {
                spec.commandLine().getErr().println("bulkhead: " + reason(failure));
            }
        });
        return exitCode.get();
    }

    /** The options as settings of the server. */
    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        // HTTP/2 is off for TLS; the management port must not accept an upgrade either.
        settings.put("vertx.disableH2c", "true");
        port.ifPresent(number -> settings.put("bulkhead.admission.port", checkedPort("--port", number)));
        managementPort.ifPresent(number -> settings.put(MANAGEMENT_PORT, checkedPort("--management-port", number)));
        apiPort.ifPresent(number -> {
            settings.put("bulkhead.api.enabled", "true");
            settings.put("bulkhead.api.port", checkedPort("--api-port", number));
        });
        profile.ifPresent(name -> settings.put("bulkhead.policy.profile", checkedProfile(name)));
        if (defaultPolicy != DefaultPolicy.FALLBACK) {
            settings.put("bulkhead.policy.default-policy", defaultPolicy.toString());
        }
        for (int i = 0; i < policies.size(); i++) {
            settings.put("bulkhead.policy.files[" + i + "]", policies.get(i).toString());
        }
        exemptions
                .given()
                .ifPresent(maxDuration -> settings.put(GateConfig.MAX_EXEMPTION_DURATION, maxDuration.toString()));
        WorkloadKinds unused = kinds.kinds();
        for (int i = 0; i < kinds.declared().size(); i++) {
            settings.put("bulkhead.workloads.kinds[" + i + "]", kinds.declared().get(i));
        }
        if (tlsCertificate.isPresent() != tlsKey.isPresent()) {
            throw wrong("--tls-cert and --tls-key belong together: give both or neither");
        }
        if (tlsCertificate.isPresent() && tlsKey.isPresent()) {
            checkPair(tlsCertificate.get(), tlsKey.get());
            settings.put("bulkhead.tls.cert", tlsCertificate.get().toString());
            settings.put("bulkhead.tls.key", tlsKey.get().toString());
        }
        return settings;
    }

    private String checkedPort(String option, int number) {
        if (number < 0 || number > HIGHEST_PORT) {
            throw wrong(option + ": expected a number from 0 to " + HIGHEST_PORT + ", got " + number);
        }
        return Integer.toString(number);
    }

    private String checkedProfile(String name) {
        if (Profile.parse(name).isEmpty()) {
            throw wrong("--profile: expected " + Profile.NAMES + ", got " + name);
        }
        return name;
    }

    /** Reports problems of the policies before the server starts. */
    private boolean hasPolicyProblems() {
        List<ManifestProblem> problems = PolicyFiles.read(
                        policies, environment.clock().instant(), exemptions.maxDuration(environment), defaultPolicy)
                .problems();
        problems.forEach(problem -> spec.commandLine().getErr().println(SafeText.line(problem.describe())));
        return !problems.isEmpty();
    }

    /** The server would report some of them too, in the words of what it is built on. */
    private boolean hasSettingProblems() {
        Map<String, String> properties = System.getProperties().stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, name -> System.getProperty(name, "")));
        List<String> problems =
                new SettingsCheck(environment.environment(), properties, ServeCommand::suggestion).problems();
        problems.forEach(problem -> spec.commandLine().getErr().println("bulkhead: " + problem));
        return !problems.isEmpty();
    }

    private static String suggestion(String property) {
        List<String> near = Suggestions.of(property, SettingsCheck.keys());
        return near.isEmpty() ? "" : "; did you mean " + near.get(0) + "?";
    }

    private void checkPair(Path certificate, Path key) {
        try {
            new CertificateFiles(certificate, key, Clock.systemUTC()).load();
        } catch (UnusableCertificateException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Finds the cause that a user can act on: one with a known explanation, otherwise the innermost. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (true) {
            if (cause instanceof QuarkusBindException bind) {
                return "cannot listen on port " + bind.getPort() + IN_USE;
            }
            if (cause instanceof BindException) {
                // Quarkus reports the webhook's port, but not the management port.
                Config config = ConfigProvider.getConfig();
                return "cannot listen on port " + config.getValue(MANAGEMENT_PORT, String.class) + IN_USE;
            }
            if (cause.getCause() == null
                    || cause instanceof UnusableCertificateException
                    || cause instanceof ConfigurationException) {
                return cause.getMessage() == null ? cause.toString() : cause.getMessage();
            }
            cause = cause.getCause();
        }
    }
}
