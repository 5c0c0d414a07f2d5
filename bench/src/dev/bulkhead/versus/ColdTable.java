package dev.bulkhead.versus;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a new process costs: CPU until it is ready, and for each of its first reviews. */
final class ColdTable {
    private final Effort effort;
    private final List<Starter> starters;
    private final byte[] hardened;

    /** For each process, seconds: until it is ready, and then for each review of each stretch. */
    private final Map<Starter, List<List<Double>>> measured = new LinkedHashMap<>();

    ColdTable(Effort effort, List<Starter> starters, Reviews reviews) throws IOException {
        this.effort = effort;
        this.starters = starters;
        hardened = reviews.hardened();
        for (Starter starter : starters) {
            List<List<Double>> columns = new ArrayList<>();
            for (int i = 0; i <= effort.reviews().size(); i++) {
                columns.add(new ArrayList<>());
            }
            measured.put(starter, columns);
        }
    }

    String measure(Programs programs) throws IOException {
        for (int round = 1; round <= effort.rounds(); round++) {
            for (Starter starter : starters) {
                Starter.Started started = starter.start();
                try {
                    measure(starter, started.webhook());
                } finally {
                    programs.end(started.process());
                }
            }
            Effort.progress("cold round " + round + " of " + effort.rounds());
        }
        return table();
    }

    private void measure(Starter starter, Webhook webhook) throws IOException {
        List<List<Double>> columns = measured.get(starter);
        Load load = new Load(Http.client());
        Call call = Call.review(starter.name(), webhook.validate(), hardened, Call.Expected.ADMITTED);
        double before = UseOfProcess.cpu(webhook.process());
        columns.get(0).add(before);
        int done = 0;
        for (int i = 0; i < effort.reviews().size(); i++) {
            int until = effort.reviews().get(i);
            load.times(until - done, effort.connections(), call);
            double after = UseOfProcess.cpu(webhook.process());
            columns.get(i + 1).add((after - before) / (until - done));
            before = after;
            done = until;
        }
    }

    private String table() {
        List<String> heads = new ArrayList<>(List.of("webhook", "CPU until ready"));
        int from = 1;
        for (int until : effort.reviews()) {
            heads.add("each of " + String.format(Locale.ROOT, "%,d–%,d", from, until));
            from = until + 1;
        }
        Table table = new Table(heads.toArray(String[]::new));
        for (Starter starter : starters) {
            List<String> cells = new ArrayList<>(List.of(starter.name()));
            for (List<Double> column : measured.get(starter)) {
                cells.add(Numbers.time(Numbers.median(column)));
            }
            table.row(cells);
        }
        return table.toString();
    }
}
