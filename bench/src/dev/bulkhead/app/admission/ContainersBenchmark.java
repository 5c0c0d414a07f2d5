package dev.bulkhead.app.admission;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Reviews of pods with more and more containers. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ContainersBenchmark {
    private final AdmissionReviewHandler reviews = Samples.reviews();
    private byte[] review = new byte[0];

    @Param({"1", "10", "50", "100", "250", "500"})
    private int containers;

    @Setup
    public void prepare() throws IOException {
        review = Samples.hardened(containers);
    }

    @Benchmark
    public byte[] validate() {
        return reviews.answer(AdmissionService.Path.VALIDATE, review, Samples::builtIn)
                .body();
    }
}
