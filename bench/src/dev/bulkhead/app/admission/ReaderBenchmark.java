package dev.bulkhead.app.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import dev.bulkhead.app.admission.json.JacksonReviewReader;
import dev.bulkhead.app.admission.json.ReviewReader;
import dev.bulkhead.engine.workload.Field;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Reading a review and evaluating it, by Bulkhead's own reader and by one on Jackson's streaming parser. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ReaderBenchmark {
    static final String TYPICAL = "typical";

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** To read the clock seldom. */
    private static final int AT_ONCE = 20;

    private final WorkloadAdmission gate = Samples.gate();
    private byte[] review = new byte[0];
    private Reading reading = ReviewReader::read;

    @Param({"own", "jackson"})
    private String reader;

    @Param(TYPICAL)
    private String shape;

    @FunctionalInterface
    private interface Reading {
        ObjectNode read(byte[] body) throws IOException;
    }

    /** Counted beside the time that JMH measures: what the thread itself took. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Cost {
        public long nanos;
        public long allocated;
        public long reviews;
        public long bytes;
    }

    /** The shape is the typical review, so many containers, or the title of a hostile review. */
    @Setup
    public void prepare() throws IOException {
        if (reader.equals("jackson")) {
            reading = JacksonReviewReader::read;
        }
        review = switch (shape) {
            case TYPICAL -> Samples.hardened();
            case "50 containers" -> Samples.hardened(50);

            default -> HostileReviews.review(shape, 256 * 1_024);
        };
        if (!reading.read(review).equals(ReviewReader.read(review))) {
            throw new IllegalStateException("they read different trees");
        }
    }

    @Benchmark
    public JsonNode tree(Cost cost) throws IOException {
        JsonNode tree = null;
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long start = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < AT_ONCE; i++) {
            tree = reading.read(review);
        }
        count(cost, start, allocated);
        return tree;
    }

    @Benchmark
    public Decision verdict(Cost cost) throws IOException {
        Decision decision = null;
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long start = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < AT_ONCE; i++) {
            AdmissionRequest request = AdmissionRequest.of(Field.root(reading.read(review)));
            decision = gate.validate(request, Samples.builtIn(), AdmissionContext.unlimited());
        }
        count(cost, start, allocated);
        return decision;
    }

    private void count(Cost cost, long start, long allocated) {
        cost.nanos += THREADS.getCurrentThreadCpuTime() - start;
        cost.allocated += THREADS.getCurrentThreadAllocatedBytes() - allocated;
        cost.reviews += AT_ONCE;
        cost.bytes += (long) AT_ONCE * review.length;
    }
}
