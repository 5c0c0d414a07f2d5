package dev.bulkhead.app.admission;

import com.sun.management.ThreadMXBean;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.engine.policy.PolicySet;
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

/** What a hostile review costs: the CPU time of its thread, which does not count what else runs on the machine. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HostileBenchmark {
    /** The review that everything is compared with: an ordinary pod as it comes from a ReplicaSet. */
    static final String TYPICAL = "typical";

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final AdmissionReviewHandler reviews = Samples.reviews();
    private byte[] review = new byte[0];
    private PolicySet policies = Samples.builtIn();

    @Param(TYPICAL)
    private String shape;

    @Param({"MUTATE", "VALIDATE"})
    private Path path;

    @Param("256")
    private int kilobytes;

    /** Counted beside the time that JMH measures, in each iteration. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Cpu {
        public long nanos;
        public long reviews;
        public long bytes;
    }

    @Setup
    public void prepare() throws IOException {
        if (shape.equals(TYPICAL)) {
            review = path == Path.MUTATE ? Samples.careless() : Samples.hardened();
        } else {
            review = HostileReviews.review(shape, 1_024 * kilobytes);
            policies = HostileReviews.policies(shape);
        }
    }

    @Benchmark
    public byte[] answer(Cpu cpu) {
        long start = THREADS.getCurrentThreadCpuTime();
        byte[] answer = reviews.answer(path, review, () -> policies).body();
        cpu.nanos += THREADS.getCurrentThreadCpuTime() - start;
        cpu.reviews++;
        cpu.bytes += review.length;
        return answer;
    }
}
