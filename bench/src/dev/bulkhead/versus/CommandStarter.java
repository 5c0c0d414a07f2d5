package dev.bulkhead.versus;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A webhook that a command starts; ready when it admits the hardened pod, and knows its policies. */
record CommandStarter(
        Programs programs,
        String name,
        String version,
        String url,
        Optional<String> mutateUrl,
        String command,
        Certificate certificate,
        Path kubeconfig,
        Reviews reviews)
        implements Starter {
    private static final long POLICIES_NANOS = 10_000_000_000L;

    /** Pod Security Admission's own webhook, which enforces its level {@code restricted} in every namespace. */
    static CommandStarter podSecurity(
            Programs programs, Path binary, Certificate certificate, Path kubeconfig, Reviews reviews)
            throws IOException {
        Path config = programs.directory().resolve("pod-security.yaml");
        Files.writeString(
                config,
                """
                apiVersion: pod-security.admission.config.k8s.io/v1
                kind: PodSecurityConfiguration
                defaults: {enforce: restricted, enforce-version: latest}
                """);
        return new CommandStarter(
                programs,
                "Pod Security Admission's webhook",
                Programs.output(List.of(binary.toString(), "--version")),
                "https://localhost:{port}/",
                Optional.empty(),
                binary + " --config " + config + " --kubeconfig {kubeconfig} --tls-cert-file {cert}"
                        + " --tls-private-key-file {key} --secure-port {port} --bind-address 127.0.0.1",
                certificate,
                kubeconfig,
                reviews);
    }

    @Override
    public Started start() throws IOException {
        Map<String, String> values = Map.of(
                "{port}", "" + Programs.freePort(),
                "{cert}", certificate.certificate().toString(),
                "{key}", certificate.key().toString(),
                "{kubeconfig}", kubeconfig.toString());
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", "exec " + filled(command, values));
        Process process = programs.start(name, builder);
        Webhook webhook = new Webhook(
                name,
                version,
                URI.create(filled(url, values)),
                mutateUrl.map(address -> URI.create(filled(address, values))),
                Optional.of(process.pid()));
        HttpClient client = Http.client();
        Call ready = Call.review(name, webhook.validate(), reviews.hardened(), Call.Expected.ADMITTED);
        programs.await(name, process, () -> ready.holds(client));
        // Some answer before they have read their policies; of those that never refuse, the measurement says so.
        Call refused = Call.review(name, webhook.validate(), reviews.careless(), Call.Expected.REFUSED);
        long end = System.nanoTime() + POLICIES_NANOS;
        while (!refused.holds(client) && System.nanoTime() < end) {
            Programs.pause(50);
        }
        return new Started(process, webhook);
    }

    private static String filled(String template, Map<String, String> values) {
        String filled = template;
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace(value.getKey(), value.getValue());
        }
        return filled;
    }
}
