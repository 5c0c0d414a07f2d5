import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.engine.WorkloadCheck;
import dev.bulkhead.engine.report.ReportedFinding;
import java.io.IOException;
import java.nio.file.Path;

/** Says what Bulkhead would do with the objects in JSON files: {@code java CheckPods.java pod.json}. */
public final class CheckPods {
    private CheckPods() {}

    public static void main(String[] files) throws IOException {
        WorkloadCheck check = WorkloadCheck.withProfile("least-privilege");
        for (String file : files) {
            JsonNode object = new ObjectMapper().readTree(Path.of(file).toFile());
            check.evaluate(object).ifPresent(workload -> {
                System.out.println(workload.kind() + " " + workload.name() + ": " + workload.verdict());
                for (ReportedFinding finding : workload.findings()) {
                    System.out.println("  " + finding.path() + ": " + finding.message());
                }
                System.out.println("  patch: " + workload.patch().toJson());
            });
        }
    }
}
