package dev.bulkhead.app.admission;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Measures every hostile review beside the typical one, and prints the worst of them. */
public final class HostileTable {
    /** What a review of the largest size measured here may cost at most, and how many times the typical one per byte. */
    private static final double MOST_MILLIS = 50;

    private static final double MOST_RATIO = 60;
    private static final int SHOWN = 20;

    private HostileTable() {}

    /** What one shape costs on one path, by the best of its iterations. */
    private record Row(String shape, String path, double nanos, double bytes) {
        double perKilobyte() {
            return nanos / 1_000 / (bytes / 1_024);
        }
    }

    /** Arguments: shapes, or none for all. */
    public static void main(String[] args) throws RunnerException {
        List<String> shapes = args.length > 0 ? List.of(args) : HostileReviews.titles();
        // The typical one alone in a process, as fast as it gets; the others all in one, as the webhook gets them: what
        // the
        // compiler learns of one shape it has to unlearn for the next.
        List<Row> rows = new ArrayList<>(measure(List.of(HostileBenchmark.TYPICAL), 1, 2_500));
        rows.addAll(measure(shapes, 0, 200));
        print(rows);
    }

    private static List<Row> measure(List<String> shapes, int forks, int millis) throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include(HostileBenchmark.class.getSimpleName())
                        .param("shape", shapes.toArray(String[]::new))
                        .forks(forks)
                        .warmupIterations(3)
                        .warmupTime(TimeValue.milliseconds(millis))
                        .measurementIterations(4)
                        .measurementTime(TimeValue.milliseconds(millis))
                        .output("target/bench/hostile-" + (forks == 0 ? "shapes" : "typical") + ".log")
                        .build())
                .run().stream().map(HostileTable::row).toList();
    }

    private static Row row(RunResult run) {
        List<IterationResult> iterations = new ArrayList<>();
        run.getBenchmarkResults().forEach(result -> iterations.addAll(result.getIterationResults()));
        IterationResult best = iterations.stream()
                .min(Comparator.comparingDouble(iteration -> of(iteration, "nanos") / of(iteration, "reviews")))
                .orElseThrow();
        return new Row(
                run.getParams().getParam("shape"),
                run.getParams().getParam("path"),
                of(best, "nanos") / of(best, "reviews"),
                of(best, "bytes") / of(best, "reviews"));
    }

    private static double of(IterationResult iteration, String counter) {
        return iteration.getSecondaryResults().get(counter).getScore();
    }

    private static double typical(List<Row> rows, String path) {
        return rows.stream()
                .filter(row -> row.shape().equals(HostileBenchmark.TYPICAL)
                        && row.path().equals(path))
                .findFirst()
                .orElseThrow()
                .perKilobyte();
    }

    private static void print(List<Row> rows) {
        System.out.println("| review | path | size | CPU | per KB | times the typical one |");
        System.out.println("|---|---|---|---|---|---|");
        rows.stream()
                .filter(row -> row.shape().equals(HostileBenchmark.TYPICAL))
                .forEach(row -> print(rows, row));
        List<Row> hostile = rows.stream()
                .filter(row -> !row.shape().equals(HostileBenchmark.TYPICAL))
                .sorted(Comparator.comparingDouble((Row row) -> ratio(rows, row))
                        .reversed())
                .toList();
        hostile.stream().limit(SHOWN).forEach(row -> print(rows, row));
        System.out.printf(
                "%n%d shapes on two paths; %d cost more than %.0f ms, %d more than %.0f times the typical review for each byte.%n",
                hostile.size() / 2,
                hostile.stream().filter(row -> row.nanos() > MOST_MILLIS * 1e6).count(),
                MOST_MILLIS,
                hostile.stream().filter(row -> ratio(rows, row) > MOST_RATIO).count(),
                MOST_RATIO);
    }

    private static double ratio(List<Row> rows, Row row) {
        return row.perKilobyte() / typical(rows, row.path());
    }

    private static void print(List<Row> rows, Row row) {
        System.out.printf(
                Locale.ROOT,
                "| %s | `/%s` | %.0f KB | %.2f ms | %.1f µs | %.1f |%n",
                row.shape(),
                row.path().toLowerCase(Locale.ROOT),
                row.bytes() / 1_024,
                row.nanos() / 1e6,
                row.perKilobyte(),
                ratio(rows, row));
    }
}
