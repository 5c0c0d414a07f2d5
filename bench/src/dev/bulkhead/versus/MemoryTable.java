package dev.bulkhead.versus;

import dev.bulkhead.versus.ResidentMemory.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What of Bulkhead is resident when it is ready, ten seconds later, and under load. Beside it, of one more process, what the
 * JVM has committed by its own count (NMT), which takes memory itself.
 */
final class MemoryTable {
    private static final Pattern COUNTED = Pattern.compile("- +(.+?) \\(reserved=\\d+KB, committed=(\\d+)KB");

    /** Longer than it takes until memory that starting up has freed is given back. */
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final Effort effort;
    private final BulkheadStarter bulkhead;
    private final Reviews reviews;
    private final Path jcmd;
    private final Load load = new Load(Http.client());

    MemoryTable(Effort effort, BulkheadStarter bulkhead, Reviews reviews, Path jcmd) {
        this.effort = effort;
        this.bulkhead = bulkhead;
        this.reviews = reviews;
        this.jcmd = jcmd;
    }

    String measure(Programs programs) throws IOException {
        List<ResidentMemory> ready = new ArrayList<>();
        List<ResidentMemory> idle = new ArrayList<>();
        List<ResidentMemory> loaded = new ArrayList<>();
        for (int start = 1; start <= effort.rounds(); start++) {
            Starter.Started started = bulkhead.start();
            long pid = started.process().pid();
            ready.add(ResidentMemory.of(pid, jcmd));
            pause();
            idle.add(ResidentMemory.of(pid, jcmd));
            load(started.webhook());
            loaded.add(ResidentMemory.of(pid, jcmd));
            programs.end(started.process());
            Effort.progress("start " + start + " of " + effort.rounds() + ": "
                    + Numbers.memory(ready.get(start - 1).sum()) + " ready, "
                    + Numbers.memory(idle.get(start - 1).sum()) + " later, "
                    + Numbers.memory(loaded.get(start - 1).sum()) + " under load");
        }
        Starter.Started counting = bulkhead.with("-XX:NativeMemoryTracking=summary").start();
        load(counting.webhook());
        String counted = Programs.output(
                List.of(jcmd.toString(), Long.toString(counting.process().pid()), "VM.native_memory", "scale=KB"));
        programs.end(counting.process());
        return table(ready, idle, loaded, byItself(counted));
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(IDLE.toMillis());
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    /** Both paths, as long as others are warmed up. */
    private void load(Webhook webhook) throws IOException {
        URI mutate = webhook.mutate().orElseThrow();
        URI validate = mutate.resolve("/validate");
        Call hardening = Call.review(webhook.name(), mutate, reviews.careless(), Call.Expected.PATCHED);
        Call validation = Call.review(webhook.name(), validate, reviews.hardened(), Call.Expected.ADMITTED);
        for (Call call : List.of(hardening, validation)) {
            load.during(effort.warmSeconds(), effort.connections(), call);
        }
    }

    private static Map<Kind, Double> byItself(String counted) throws UnsuitableException {
        Map<Kind, Double> bytes = new EnumMap<>(Kind.class);
        COUNTED.matcher(counted).results().forEach(line -> {
            Kind kind =
                    switch (line.group(1)) {
                        case "Java Heap" -> Kind.HEAP;
                        case "Class", "Metaspace" -> Kind.METASPACE;
                        case "Thread" -> Kind.STACKS;
                        case "Code" -> Kind.CODE;
                        case "Shared class space" -> Kind.ARCHIVE;
                        default -> Kind.MALLOC;
                    };
            bytes.merge(kind, 1024.0 * Long.parseLong(line.group(2)), Double::sum);
        });
        if (bytes.isEmpty()) {
            throw new UnsuitableException("jcmd VM.native_memory counts nothing:\n" + counted);
        }
        return bytes;
    }

    private static String table(
            List<ResidentMemory> ready,
            List<ResidentMemory> idle,
            List<ResidentMemory> loaded,
            Map<Kind, Double> counted) {
        Table table = new Table("resident", "ready", "10 s later", "under load", "committed by the JVM's count");
        for (Kind kind : Kind.values()) {
            Double own = counted.get(kind);
            table.row(List.of(
                    kind.label,
                    median(ready, kind),
                    median(idle, kind),
                    median(loaded, kind),
                    own == null ? "" : Numbers.memory(own)));
        }
        table.row(List.of(
                "all",
                bold(ready),
                bold(idle),
                bold(loaded),
                Numbers.memory(counted.values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum())));
        return table.toString();
    }

    private static String median(List<ResidentMemory> measured, Kind kind) {
        return Numbers.memory(
                Numbers.median(measured.stream().map(one -> one.of(kind)).toList()));
    }

    private static String bold(List<ResidentMemory> measured) {
        return "**"
                + Numbers.memory(
                        Numbers.median(measured.stream().map(ResidentMemory::sum).toList()))
                + "**";
    }
}
