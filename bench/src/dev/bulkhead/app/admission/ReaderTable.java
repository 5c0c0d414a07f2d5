package dev.bulkhead.app.admission;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Measures both readers of reviews in alternating rounds, each in a process of its own, and prints how they compare. */
public final class ReaderTable {
    private static final String OWN = "own";
    private static final String JACKSON = "jackson";
    private static final String[] SHAPES = {
        ReaderBenchmark.TYPICAL,
        "50 containers",
        "managedFields",
        "unknown members",
        "a text of escapes and other letters",
    };

    /** What one reader costs for one shape, as far as one benchmark goes. */
    private record Key(String benchmark, String shape, String reader) {}

    private record Cost(double nanos, double allocated, double bytes) {}

    private final Map<Key, List<Cost>> costs = new LinkedHashMap<>();

    private ReaderTable() {}

    /** Argument: how many rounds, 5 by default. */
    public static void main(String[] args) throws RunnerException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        ReaderTable table = new ReaderTable();
        for (int round = 0; round < rounds; round++) {
            for (String reader : round % 2 == 0 ? List.of(OWN, JACKSON) : List.of(JACKSON, OWN)) {
                table.measure(reader);
            }
        }
        table.print();
    }

    private void measure(String reader) throws RunnerException {
        var results = new Runner(new OptionsBuilder()
                        .include(ReaderBenchmark.class.getName() + "\\.")
                        .param("reader", reader)
                        .param("shape", SHAPES)
                        .forks(1)
                        // Compiles at once, however busy the machine is, so that warm is warm.
                        .jvmArgsAppend("-Xbatch")
                        .warmupIterations(8)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(5)
                        .measurementTime(TimeValue.seconds(1))
                        .output("target/bench/readers.log")
                        .build())
                .run();
        for (RunResult run : results) {
            String benchmark = run.getParams().getBenchmark();
            Key key = new Key(
                    benchmark.substring(benchmark.lastIndexOf('.') + 1),
                    run.getParams().getParam("shape"),
                    reader);
            run.getBenchmarkResults()
                    .forEach(result -> result.getIterationResults()
                            .forEach(iteration -> costs.computeIfAbsent(key, k -> new ArrayList<>())
                                    .add(cost(iteration))));
        }
    }

    private static Cost cost(IterationResult iteration) {
        double reviews = of(iteration, "reviews");
        return new Cost(
                of(iteration, "nanos") / reviews,
                of(iteration, "allocated") / reviews,
                of(iteration, "bytes") / reviews);
    }

    private static double of(IterationResult iteration, String counter) {
        return iteration.getSecondaryResults().get(counter).getScore();
    }

    /** By the median of all iterations of all rounds. */
    private Cost median(Key key) {
        List<Cost> all = costs.get(key);
        return new Cost(
                median(all.stream().mapToDouble(Cost::nanos).toArray()),
                median(all.stream().mapToDouble(Cost::allocated).toArray()),
                all.get(0).bytes());
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private void print() {
        System.out.println(
                "| review | size | from its bytes to | own reader | Jackson's parser | ratio of CPU | ratio of allocation |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (String shape : SHAPES) {
            for (String benchmark : List.of("tree", "verdict")) {
                Cost own = median(new Key(benchmark, shape, OWN));
                Cost jackson = median(new Key(benchmark, shape, JACKSON));
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %.0f KB | %s | %.1f µs | %.1f µs | **%.2f** | %.2f |%n",
                        shape,
                        own.bytes() / 1_024,
                        benchmark,
                        own.nanos() / 1_000,
                        jackson.nanos() / 1_000,
                        jackson.nanos() / own.nanos(),
                        jackson.allocated() / own.allocated());
            }
        }
    }
}
