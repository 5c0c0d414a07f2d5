package dev.bulkhead.app.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Makes the tables of ratios from what JMH measured. */
public final class JmhTable {
    private final Map<String, Double> micros = new TreeMap<>();
    private final Map<String, Double> bytes = new TreeMap<>();

    private JmhTable(JsonNode results) {
        for (JsonNode result : results) {
            String benchmark = result.path("benchmark").asText();
            String name = benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1)
                    + result.at("/params/containers").asText("");
            micros.put(name, median(result.at("/primaryMetric/rawData")));
            bytes.put(name, median(result.at("/secondaryMetrics/gc.alloc.rate.norm/rawData")));
        }
    }

    /** Prints the tables of that file. */
    public static void main(String[] args) throws IOException {
        new JmhTable(new ObjectMapper().readTree(Files.readAllBytes(Path.of(args[0])))).print();
    }

    private static double median(JsonNode forks) {
        List<Double> values = new ArrayList<>();
        forks.forEach(fork -> fork.forEach(value -> values.add(value.asDouble())));
        values.sort(Double::compare);
        return values.get(values.size() / 2);
    }

    private void print() {
        System.out.println(
                "| from the review's bytes to | time | allocated | against | ratio of time | ratio of allocation |");
        System.out.println("|---|---|---|---|---|---|");
        row("verdict", "ReviewBenchmark.validateToVerdict", "readTree", "ReviewBenchmark.readTreeOfHardened");
        row("answer, mutate", "ReviewBenchmark.mutate", "readTree", "ReviewBenchmark.readTreeOfCareless");
        row("answer, validate", "ReviewBenchmark.validate", "readTree", "ReviewBenchmark.readTreeOfHardened");
        row(
                "answer, validate, 1,000 policies and 10,000 exemptions",
                "ReviewBenchmark.validateAmongMany",
                "the same with none",
                "ReviewBenchmark.validate");
        System.out.println();
        System.out.println("| containers | time | per container | against 50 |");
        System.out.println("|---|---|---|---|");
        double at50 = micros.get("ContainersBenchmark.validate50") / 50;
        for (int containers : new int[] {1, 10, 50, 100, 250, 500}) {
            double time = micros.get("ContainersBenchmark.validate" + containers);
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %.0f µs | %.2f µs | %.2f |%n",
                    containers,
                    time,
                    time / containers,
                    time / containers / at50);
        }
    }

    private void row(String title, String measured, String against, String other) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %.1f µs | %.1f KB | %s | **%.2f** | %.2f |%n",
                title,
                micros.get(measured),
                bytes.get(measured) / 1_000,
                against,
                micros.get(measured) / micros.get(other),
                bytes.get(measured) / bytes.get(other));
    }
}
