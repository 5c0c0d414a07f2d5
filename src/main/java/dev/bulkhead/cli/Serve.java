package dev.bulkhead.cli;

import dev.bulkhead.certificate.CertificateFiles;
import dev.bulkhead.certificate.UnusableCertificateException;
import dev.bulkhead.policy.Profile;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusBindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the gate until it is stopped. */
@Command(
        name = "serve",
        description = "Runs the gate: answers the AdmissionReviews of an API server.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class Serve implements Callable<Integer> {
    private static final int HIGHEST_PORT = 65_535;

    @Spec
    private CommandSpec spec;

    @Option(names = "--port", paramLabel = "N", description = "Port of the gate; 0 takes a free one. Default: 8443.")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--management-port",
            paramLabel = "N",
            description = "Port of health and metrics; 0 takes a free one. Default: 9000.")
    private Optional<Integer> managementPort = Optional.empty();

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
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Certificate and its issuers, PEM. Default: one that Bulkhead issues itself.")
    private Optional<Path> tlsCertificate = Optional.empty();

    @Option(names = "--tls-key", paramLabel = "FILE", description = "The certificate's key, PEM, EC or RSA.")
    private Optional<Path> tlsKey = Optional.empty();

    @Override
    public Integer call() {
        configure();
        AtomicInteger exitCode = new AtomicInteger();
        Quarkus.run(ServingApplication.class, (code, failure) -> {
            exitCode.set(code);
            if (failure != null) {
                spec.commandLine().getErr().println("bulkhead: " + reason(failure));
            }
        });
        return exitCode.get();
    }

    /** Hands the options on, as what they are to the server: settings. */
    private void configure() {
        // HTTP/2 is off where it is encrypted; the management port must not be talked into it either.
        set("vertx.disableH2c", "true");
        port.ifPresent(number -> set("quarkus.http.ssl-port", checkedPort("--port", number)));
        managementPort.ifPresent(number -> set("quarkus.management.port", checkedPort("--management-port", number)));
        profile.ifPresent(name -> set("bulkhead.policy.profile", checkedProfile(name)));
        for (int i = 0; i < policies.size(); i++) {
            set("bulkhead.policy.files[" + i + "]", checkedFile(policies.get(i)));
        }
        if (tlsCertificate.isPresent() != tlsKey.isPresent()) {
            throw wrong("--tls-cert and --tls-key belong together: give both or neither");
        }
        if (tlsCertificate.isPresent() && tlsKey.isPresent()) {
            checkPair(tlsCertificate.get(), tlsKey.get());
            set("bulkhead.tls.cert", tlsCertificate.get().toString());
            set("bulkhead.tls.key", tlsKey.get().toString());
        }
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

    private String checkedFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw wrong("--policy: " + file + (Files.exists(file) ? " is not a file" : ": no such file"));
        }
        if (!Files.isReadable(file)) {
            throw wrong("--policy: " + file + " may not be read");
        }
        return file.toString();
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

    private static void set(String key, String value) {
        System.setProperty(key, value);
    }

    /** The innermost cause, which is the one that a user can do something about. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof QuarkusBindException)) {
            cause = cause.getCause();
        }
        if (cause instanceof QuarkusBindException bind) {
            return "cannot listen on port " + bind.getPort() + ": it is in use, or this user may not";
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
