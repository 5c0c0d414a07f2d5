package dev.bulkhead.versus;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** CPU of the server for each review, and its memory, when it has run for a while. */
final class WarmTable {
    private final Effort effort;
    private final HttpClient client = Http.client();
    private final Load load = new Load(client);
    private final List<Row> rows = new ArrayList<>();
    private final Map<Long, Memory> memory = new LinkedHashMap<>();

    /** One path of a webhook, and the two calls of it that are measured; the hardened pod is not hardened again. */
    private record Row(String name, Webhook webhook, Optional<Cell> hardened, Cell careless) {}

    private record Cell(Call call, List<Double> cpu) {
        Cell(Call call) {
            this(call, new ArrayList<>());
        }
    }

    private static final class Memory {
        double idle;
        double most;
    }

    WarmTable(Effort effort) {
        this.effort = effort;
    }

    /** What validates is asked about both pods. */
    WarmTable validating(String name, Webhook webhook, URI uri, Reviews reviews) throws IOException {
        rows.add(new Row(
                name,
                webhook,
                Optional.of(new Cell(Call.review(name, uri, reviews.hardened(), Call.Expected.ADMITTED))),
                new Cell(Call.review(name, uri, reviews.careless(), Call.Expected.REFUSED))));
        return this;
    }

    /** What hardens is asked about the careless one. */
    WarmTable mutating(String name, Webhook webhook, URI uri, Reviews reviews) throws IOException {
        rows.add(new Row(
                name,
                webhook,
                Optional.empty(),
                new Cell(Call.review(name, uri, reviews.careless(), Call.Expected.PATCHED))));
        return this;
    }

    /** Fails unless each decides as it has to. */
    void check() throws IOException {
        for (Row row : rows) {
            for (Cell cell : cells(row)) {
                cell.call().check(client);
            }
        }
    }

    String measure() throws IOException {
        for (Row row : rows) {
            Memory of = memory.computeIfAbsent(row.webhook().process(), pid -> new Memory());
            of.idle = of.idle > 0 ? of.idle : UseOfProcess.memory(row.webhook().process());
        }
        for (Row row : rows) {
            for (Cell cell : cells(row)) {
                Effort.progress("warming up: " + row.name());
                load.during(effort.warmSeconds(), effort.connections(), cell.call());
            }
        }
        for (int round = 1; round <= effort.rounds(); round++) {
            StringBuilder said = new StringBuilder();
            for (Row row : rows) {
                for (Cell cell : cells(row)) {
                    measure(row, cell);
                    said.append(' ').append(Numbers.time(cell.cpu().get(round - 1)));
                }
            }
            Effort.progress("round " + round + " of " + effort.rounds() + ":" + said);
        }
        return table();
    }

    private void measure(Row row, Cell cell) throws IOException {
        long pid = row.webhook().process();
        double before = UseOfProcess.cpu(pid);
        Load.Result result = load.during(effort.seconds(), effort.connections(), cell.call());
        cell.cpu().add((UseOfProcess.cpu(pid) - before) / result.requests());
        Memory of = memory.get(pid);
        of.most = Math.max(of.most, UseOfProcess.memory(pid));
    }

    private static List<Cell> cells(Row row) {
        List<Cell> cells = new ArrayList<>(row.hardened().stream().toList());
        cells.add(row.careless());
        return cells;
    }

    private String table() {
        Table table = new Table(
                "webhook", "hardened pod", "ratio", "careless pod", "ratio", "memory, idle", "memory, under load");
        double one = rows.get(0).hardened().map(WarmTable::median).orElseThrow();
        Long before = null;
        for (Row row : rows) {
            Memory of = memory.get(row.webhook().process());
            boolean first = !Long.valueOf(row.webhook().process()).equals(before);
            before = row.webhook().process();
            double careless = median(row.careless());
            Optional<Double> hardened = row.hardened().map(WarmTable::median);
            table.row(List.of(
                    row.name(),
                    hardened.map(Numbers::time).orElse(""),
                    hardened.map(cpu -> "**" + Numbers.digits(cpu / one) + "**").orElse(""),
                    Numbers.time(careless),
                    "**" + Numbers.digits(careless / one) + "**",
                    first ? Numbers.memory(of.idle) : "the same",
                    first ? Numbers.memory(of.most) : "the same"));
        }
        return table.toString();
    }

    private static double median(Cell cell) {
        return Numbers.median(cell.cpu());
    }
}
