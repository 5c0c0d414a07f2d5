package dev.bulkhead.app.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.admission.json.ReviewReader;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.workload.Field;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From the bytes of the typical review to the bytes of its answer, beside what Jackson takes to read them alone. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ReviewBenchmark {
    private final ObjectMapper mapper = new ObjectMapper();
    private final WorkloadAdmission gate = Samples.gate();
    private final AdmissionReviewHandler reviews = Samples.reviews();
    private byte[] careless = new byte[0];
    private byte[] hardened = new byte[0];
    private PolicySet many = Samples.builtIn();

    @Setup
    public void prepare() throws IOException {
        careless = Samples.careless();
        hardened = Samples.hardened();
        many = Samples.many();
    }

    @Benchmark
    public JsonNode readTreeOfCareless() throws IOException {
        return mapper.readTree(careless);
    }

    @Benchmark
    public JsonNode readTreeOfHardened() throws IOException {
        return mapper.readTree(hardened);
    }

    @Benchmark
    public JsonNode readReview() throws IOException {
        return ReviewReader.read(hardened);
    }

    @Benchmark
    public Object validateToVerdict() throws IOException {
        AdmissionRequest request = AdmissionRequest.of(Field.root(ReviewReader.read(hardened)));
        return gate.validate(request, Samples.builtIn(), AdmissionContext.unlimited());
    }

    @Benchmark
    public byte[] mutate() {
        return reviews.answer(AdmissionService.Path.MUTATE, careless, Samples::builtIn)
                .body();
    }

    @Benchmark
    public byte[] validate() {
        return reviews.answer(AdmissionService.Path.VALIDATE, hardened, Samples::builtIn)
                .body();
    }

    @Benchmark
    public byte[] validateAmongMany() {
        return reviews.answer(AdmissionService.Path.VALIDATE, hardened, () -> many)
                .body();
    }
}
