package dev.bulkhead.versus;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures Bulkhead beside others; {@code bench/versus} starts it and says how it is used. */
public final class Versus {
    private final Arguments arguments;
    private final Effort effort = Effort.ofEnvironment();
    private final Programs programs = new Programs(Path.of(System.getProperty("work")));

    private Versus(Arguments arguments) {
        this.arguments = arguments;
    }

    public static void main(String[] args) {
        int code = 0;
        try {
            new Versus(Arguments.parse(List.of(args))).run();
        } catch (UnsuitableException e) {
            System.err.println("bench/versus: " + e.getMessage());
            code = 1;
        } catch (IOException e) {
            e.printStackTrace();
            code = 1;
        }
        // Also ends what was started.
        System.exit(code);
    }

    private void run() throws IOException {
        String load = load();
        BulkheadStarter bulkhead = new BulkheadStarter(programs, arguments.bulkhead(), arguments.bulkheadIs());
        Starter.Started own = bulkhead.start();
        URI restricted = own.webhook().validate();
        URI validate = restricted.resolve("/validate");
        URI mutate = own.webhook().mutate().orElseThrow();
        Reviews reviews = Reviews.hardenedBy(
                Http.send(Http.client(), Http.post(mutate, Reviews.typical())).body());

        Optional<ControlPlane> plane = Optional.empty();
        List<Starter> starters = new ArrayList<>(List.of(bulkhead));
        if (arguments.needsControlPlane()) {
            Path binaries = Path.of(System.getProperty("programs"));
            ControlPlane started = ControlPlane.start(programs, binaries);
            plane = Optional.of(started);
            Certificate certificate = Certificate.issue(programs.directory());
            Path podSecurity = binaries.resolve("pod-security-webhook");
            if (Files.isExecutable(podSecurity)) {
                starters.add(CommandStarter.podSecurity(
                        programs, podSecurity, certificate, started.kubeconfig(), reviews));
            }
            for (Arguments.Other other : arguments.webhooks()) {
                other.start().ifPresent(command -> starters.add(new CommandStarter(
                        programs,
                        other.name(),
                        other.version(),
                        other.url(),
                        other.mutate(),
                        command,
                        certificate,
                        started.kubeconfig(),
                        reviews)));
            }
        }
        List<Webhook> others = new ArrayList<>();
        if (arguments.modes().contains("warm") || arguments.modes().contains("api-server")) {
            for (Starter starter : starters.subList(1, starters.size())) {
                others.add(starter.start().webhook());
            }
            arguments.webhooks().stream()
                    .filter(other -> other.start().isEmpty())
                    .map(other -> new Webhook(
                            other.name(),
                            other.version(),
                            URI.create(other.url()),
                            other.mutate().map(URI::create),
                            other.pid()))
                    .forEach(others::add);
        }
        facts(own.webhook(), others, plane, load);

        if (arguments.modes().contains("warm")) {
            WarmTable table = new WarmTable(effort)
                    .validating("Bulkhead, `/validate/restricted`", own.webhook(), restricted, reviews)
                    .validating("Bulkhead, `/validate`", own.webhook(), validate, reviews)
                    .mutating("Bulkhead, `/mutate`", own.webhook(), mutate, reviews);
            for (Webhook other : others) {
                table.validating(other.name(), other, other.validate(), reviews);
                if (other.mutate().isPresent()) {
                    table.mutating(other.name() + ", hardening", other, other.mutate().get(), reviews);
                }
            }
            table.check();
            print(table.measure());
        }
        if (arguments.modes().contains("api-server")) {
            RegisteredTable table = new RegisteredTable(effort, plane.orElseThrow(), reviews);
            table.builtIn("Pod Security Admission, in the API server");
            table.validating("Bulkhead, `/validate/restricted`", restricted);
            table.validating("Bulkhead, `/validate`", validate);
            table.both("Bulkhead, `/mutate` and `/validate`", mutate, validate);
            for (Webhook other : others) {
                table.validating(other.name(), other.validate());
                other.mutate().ifPresent(uri -> table.both(other.name() + ", both", uri, other.validate()));
            }
            print(table.measure());
        }
        if (arguments.modes().contains("cold")) {
            print(new ColdTable(effort, starters, reviews).measure(programs));
        }
        if (arguments.modes().contains("first-reviews")) {
            print(new FirstReviewsTable(effort, bulkhead, reviews).measure(programs, own.webhook()));
        }
        if (arguments.modes().contains("memory")) {
            Path jcmd = Path.of(System.getProperty("jcmd"));
            programs.end(own.process());
            print(new MemoryTable(effort, bulkhead, reviews, jcmd).measure(programs));
        }
        if (arguments.modes().contains("commands")) {
            CommandTable table = new CommandTable(effort, programs.directory(), reviews);
            arguments.commands().forEach(table::command);
            print(table.measure());
        }
        System.out.println("Load average: " + load + " before, " + load() + " after.");
    }

    private void facts(Webhook own, List<Webhook> others, Optional<ControlPlane> plane, String load)
            throws IOException {
        System.out.println(Instant.now().toString().substring(0, 10) + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, load average " + load + ".");
        System.out.println("- Bulkhead: " + own.version());
        for (Webhook other : others) {
            System.out.println("- " + other.name() + ": " + other.version());
        }
        if (plane.isPresent()) {
            System.out.println("- API server: Kubernetes " + plane.get().version());
        }
        System.out.println();
    }

    private static void print(String table) {
        System.out.println(table);
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
    }
}
