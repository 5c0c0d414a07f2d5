package dev.bulkhead.versus;

import java.io.IOException;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What the reviews of a new process of Bulkhead cost, from the first one on, beside those of the last stretch: CPU and the
 * slowest answer. A pod is two reviews, one after the other on one connection: {@code /mutate}, then {@code /validate} of what
 * it made.
 */
final class FirstReviewsTable {
    /** The client's own first handshakes and reviews are slow as well: so many connections, and reviews on each. */
    private static final int CONNECTIONS_OF_CLIENT = 20;

    private static final int REVIEWS_OF_CLIENT = 200;

    private final Effort effort;
    private final HttpClient client = Http.client();
    private final BulkheadStarter starter;
    private final byte[] careless;
    private final byte[] hardened;
    private final List<Double> ready = new ArrayList<>();
    private final List<Double> idle = new ArrayList<>();
    private final List<Double> loaded = new ArrayList<>();
    private final List<Double> p99 = new ArrayList<>();
    private final List<Stretch> stretches = new ArrayList<>();

    /** The same stretch of every process: seconds of CPU for each review, and of the slowest answer. */
    private record Stretch(int from, int until, List<Double> cpu, List<Double> slowest) {
        Stretch(int from, int until) {
            this(from, until, new ArrayList<>(), new ArrayList<>());
        }
    }

    FirstReviewsTable(Effort effort, BulkheadStarter starter, Reviews reviews) throws IOException {
        this.effort = effort;
        this.starter = starter;
        this.careless = reviews.careless();
        this.hardened = reviews.hardened();
        int from = 1;
        for (int until : effort.reviews()) {
            stretches.add(new Stretch(from, until));
            from = until + 1;
        }
    }

    /** Measures, with a client that has been in use: by that other process, which is not measured. */
    String measure(Programs programs, Webhook other) throws IOException {
        for (int i = 0; i < CONNECTIONS_OF_CLIENT; i++) {
            HttpClient another = Http.client();
            for (int review = 0; review < REVIEWS_OF_CLIENT; review++) {
                (review % 2 == 0 ? mutate(other) : validate(other)).check(another);
            }
        }
        for (int round = 1; round <= effort.rounds(); round++) {
            Starter.Started started = starter.start();
            try {
                measure(started.webhook());
            } finally {
                programs.end(started.process());
            }
            Effort.progress("start " + round + " of " + effort.rounds());
        }
        return table();
    }

    private Call mutate(Webhook webhook) {
        return Call.review(starter.name(), webhook.mutate().orElseThrow(), careless, Call.Expected.PATCHED);
    }

    private Call validate(Webhook webhook) {
        return Call.review(starter.name(), webhook.validate().resolve("/validate"), hardened, Call.Expected.ADMITTED);
    }

    private void measure(Webhook webhook) throws IOException {
        Call mutate = mutate(webhook);
        Call validate = validate(webhook);
        long pid = webhook.process();
        ready.add(UseOfProcess.cpu(pid));
        idle.add(UseOfProcess.memory(pid));
        for (Stretch stretch : stretches) {
            int reviews = stretch.until() - stretch.from() + 1;
            double[] latencies = new double[reviews];
            double before = UseOfProcess.cpu(pid);
            for (int i = 0; i < reviews; i++) {
                Call call = i % 2 == 0 ? mutate : validate;
                long sent = System.nanoTime();
                call.check(client);
                latencies[i] = (System.nanoTime() - sent) / 1e9;
            }
            stretch.cpu().add((UseOfProcess.cpu(pid) - before) / reviews);
            stretch.slowest().add(Numbers.percentile(latencies, 1));
            if (stretch.equals(last())) {
                p99.add(Numbers.percentile(latencies, 0.99));
            }
        }
        loaded.add(UseOfProcess.memory(pid));
    }

    private Stretch last() {
        return stretches.get(stretches.size() - 1);
    }

    private String table() {
        Table table = new Table("reviews since ready", "CPU of each", "ratio", "slowest answer");
        double steady = Numbers.median(last().cpu());
        for (Stretch stretch : stretches) {
            double cpu = Numbers.median(stretch.cpu());
            table.row(List.of(
                    String.format(Locale.ROOT, "%,d–%,d", stretch.from(), stretch.until()),
                    Numbers.time(cpu),
                    "**" + Numbers.digits(cpu / steady) + "**",
                    Numbers.milliseconds(Collections.max(stretch.slowest()))));
        }
        return table + "\nUntil ready: " + Numbers.time(Numbers.median(ready)) + " of CPU, "
                + Numbers.memory(Numbers.median(idle)) + "; under load " + Numbers.memory(Numbers.median(loaded))
                + ". p99 of the last row: " + Numbers.milliseconds(Numbers.median(p99)) + ".\n";
    }
}
