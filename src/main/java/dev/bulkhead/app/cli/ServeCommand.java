package dev.bulkhead.app.cli;

import dev.bulkhead.app.certificate.CertificateFiles;
import dev.bulkhead.app.certificate.UnusableCertificateException;
import dev.bulkhead.app.cli.option.CliEnvironment;
import dev.bulkhead.app.cli.option.ExemptionOptions;
import dev.bulkhead.app.cli.option.KindOptions;
import dev.bulkhead.app.cli.option.PolicyOptions;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.WorkloadKinds;
import dev.bulkhead.manifest.ManifestProblem;
import dev.bulkhead.manifest.PolicyFiles;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
            completionCandidates = PolicyOptions.ProfileNames.class,
            description = "Profile of the built-in policy: " + Profile.NAMES + ". Default: least-privilege.")
    private Optional<String> profile = Optional.empty();

    @Option(
            names = "--default-policy",
            paramLabel = "WHICH",
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
        return new ServerProcess(environment, spec).run(settings, ServingApplication.class);
    }

    /** The options as settings of the server. */
    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        // Only the console scans, which serves no webhook.
        settings.put("bulkhead.scan.enabled", "false");
        ServerProcess process = new ServerProcess(environment, spec);
        port.ifPresent(number -> settings.put("bulkhead.admission.port", process.checkedPort("--port", number)));
        managementPort.ifPresent(number ->
                settings.put(ServerProcess.MANAGEMENT_PORT, process.checkedPort("--management-port", number)));
        apiPort.ifPresent(number -> {
            settings.put("bulkhead.api.enabled", "true");
            settings.put("bulkhead.api.port", process.checkedPort("--api-port", number));
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
}
