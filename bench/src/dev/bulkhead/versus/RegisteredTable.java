package dev.bulkhead.versus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What webhooks add to the creation of a pod, registered one after the other with a real API server. Pods are created
 * with {@code dryRun}, so that only admission is between the request and its answer, and nothing piles up.
 */
final class RegisteredTable {
    private static final String NAME = "versus.bulkhead.dev";
    private static final String API = "/apis/admissionregistration.k8s.io/v1/";
    private static final long PATIENCE_MILLISECONDS = 30_000;

    private final Effort effort;
    private final ControlPlane plane;
    private final Reviews reviews;
    private final HttpClient client = Http.client();
    private final Load load = new Load(client);
    private final List<Row> rows = new ArrayList<>();

    /** Which webhooks are registered, and in which namespace the pods are created. */
    private record Row(
            String name,
            String namespace,
            boolean hardened,
            Optional<URI> validate,
            Optional<URI> mutate,
            Measured measured) {}

    private record Measured(List<Double> median, List<Double> slowest, List<Double> throughput, List<Double> cpu) {
        Measured() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    RegisteredTable(Effort effort, ControlPlane plane, Reviews reviews) {
        this.effort = effort;
        this.plane = plane;
        this.reviews = reviews;
        rows.add(new Row("none", Reviews.NAMESPACE, true, Optional.empty(), Optional.empty(), new Measured()));
    }

    /** The admission plugin of the API server itself, by a label of the namespace. */
    void builtIn(String name) {
        rows.add(new Row(name, ControlPlane.LABELLED, true, Optional.empty(), Optional.empty(), new Measured()));
    }

    void validating(String name, URI validate) {
        rows.add(new Row(name, Reviews.NAMESPACE, true, Optional.of(validate), Optional.empty(), new Measured()));
    }

    /** Careless pods, which are hardened first and then admitted. */
    void both(String name, URI mutate, URI validate) {
        rows.add(new Row(
                name, Reviews.NAMESPACE, false, Optional.of(validate), Optional.of(mutate), new Measured()));
    }

    String measure() throws IOException {
        for (int round = 0; round <= effort.rounds(); round++) {
            for (Row row : rows) {
                register(row);
                try {
                    await(row);
                    if (round == 0) {
                        load.during(Math.min(3, effort.warmSeconds()), effort.connections(), pod(row));
                    } else {
                        measure(row);
                    }
                } finally {
                    plane.delete(API + "validatingwebhookconfigurations/" + NAME);
                    plane.delete(API + "mutatingwebhookconfigurations/" + NAME);
                }
                await(rows.get(0));
            }
            Effort.progress("registered, round " + round + " of " + effort.rounds());
        }
        return table();
    }

    private void measure(Row row) throws IOException {
        Load.Result single = load.during(effort.seconds(), 1, pod(row));
        row.measured().median().add(Numbers.percentile(single.latencies(), 0.5));
        row.measured().slowest().add(Numbers.percentile(single.latencies(), 0.99));
        double before = UseOfProcess.cpu(plane.pid());
        Load.Result many = load.during(effort.seconds(), effort.connections(), pod(row));
        row.measured().cpu().add((UseOfProcess.cpu(plane.pid()) - before) / many.requests());
        row.measured().throughput().add(many.requests() / many.seconds());
    }

    /** The pod that is created, again and again. */
    private Call pod(Row row) throws IOException {
        return create(row, row.hardened(), Call.Expected.CREATED);
    }

    private Call create(Row row, boolean hardened, Call.Expected expected) throws IOException {
        return new Call(row.name(), plane.dryRun(row.namespace(), reviews.pod(hardened)), expected);
    }

    private void register(Row row) throws IOException {
        if (row.validate().isPresent()) {
            register("Validating", row.validate().get());
        }
        if (row.mutate().isPresent()) {
            register("Mutating", row.mutate().get());
        }
    }

    private void register(String kind, URI uri) throws IOException {
        ObjectNode configuration = Reviews.JSON.createObjectNode();
        configuration.putObject("metadata").put("name", NAME);
        ObjectNode webhook = configuration.putArray("webhooks").addObject();
        webhook.put("name", NAME).put("failurePolicy", "Fail").put("sideEffects", "None").put("timeoutSeconds", 10);
        webhook.putArray("admissionReviewVersions").add("v1");
        webhook.putObject("clientConfig")
                .put("url", uri.toString())
                .put("caBundle", Http.certificates(uri).getBytes("UTF-8"));
        ObjectNode rule = webhook.putArray("rules").addObject();
        rule.putArray("apiGroups").add("");
        rule.putArray("apiVersions").add("v1");
        rule.putArray("operations").add("CREATE");
        rule.putArray("resources").add("pods");
        webhook.putObject("namespaceSelector")
                .putObject("matchLabels")
                .put("kubernetes.io/metadata.name", Reviews.NAMESPACE);
        plane.create(
                API + (kind.equals("Mutating") ? "mutating" : "validating") + "webhookconfigurations",
                configuration.toString());
    }

    /** Until the API server knows which webhooks there are: the careless pod tells. */
    private void await(Row row) throws IOException {
        boolean open = row.validate().isEmpty() && row.namespace().equals(Reviews.NAMESPACE) || row.mutate().isPresent();
        Call call = create(row, false, open ? Call.Expected.CREATED : Call.Expected.FORBIDDEN);
        long end = System.currentTimeMillis() + PATIENCE_MILLISECONDS;
        while (!call.holds(client) || row.mutate().isPresent() && !isHardened(call)) {
            if (System.currentTimeMillis() > end) {
                call.check(client);
                throw new UnsuitableException(row.name() + ": pods are not hardened");
            }
            Programs.pause(50);
        }
    }

    private boolean isHardened(Call call) throws IOException {
        JsonNode pod = Reviews.JSON.readTree(Http.send(client, call.request()).body());
        return pod.at("/spec/securityContext/runAsNonRoot").asBoolean();
    }

    private String table() {
        Table table = new Table(
                "registered", "p50", "added", "p99", "added", "pods/s", "API server's CPU", "added");
        Measured none = rows.get(0).measured();
        for (Row row : rows) {
            Measured of = row.measured();
            table.row(List.of(
                    row.name(),
                    Numbers.milliseconds(Numbers.median(of.median())),
                    added(of.median(), none.median()),
                    Numbers.milliseconds(Numbers.median(of.slowest())),
                    added(of.slowest(), none.slowest()),
                    Numbers.digits(Numbers.median(of.throughput())),
                    Numbers.milliseconds(Numbers.median(of.cpu())),
                    added(of.cpu(), none.cpu())));
        }
        return table.toString();
    }

    private static String added(List<Double> values, List<Double> without) {
        return values == without ? "" : Numbers.milliseconds(Numbers.median(values) - Numbers.median(without));
    }
}
