package dev.bulkhead.app.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Diagnosis;
import dev.bulkhead.app.cluster.doctor.Diagnosis.Finding;
import dev.bulkhead.app.cluster.doctor.Place;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiagnosisOutputTest {
    private static final Diagnosis DIAGNOSIS = new Diagnosis(
            "https://cluster.example/",
            Place.of("bulkhead-system", Optional.empty(), Optional.empty()),
            List.of(
                    new Finding("leader", Answer.ok("replica bulkhead-0 leads")),
                    new Finding("spread", Answer.warning("all replicas run on node a", "delete one of the pods")),
                    new Finding("rights", Answer.unknown("you may not ask", "ask for the right to ask")),
                    new Finding(
                            "webhooks",
                            Answer.problem(
                                    "the webhook \u001b[31mvalidate is missing: nothing is enforced at all in here",
                                    "restore it"))));

    @Test
    void tableHasTheWorstFirstWithWhatToDo() {
        assertThat(DiagnosisTable.of(DIAGNOSIS, new TerminalStyle(false, 70))).isEqualTo("""
                problem  webhooks  the webhook \\u001b[31mvalidate is missing: nothing
                                   is enforced at all in here
                                   > restore it
                unknown  rights    you may not ask
                                   > ask for the right to ask
                warning  spread    all replicas run on node a
                                   > delete one of the pods
                ok       leader    replica bulkhead-0 leads

                bulkhead in namespace bulkhead-system of https://cluster.example/: 1 problem, 1 unknown, 1 warning, 1 ok.
                """);
    }

    @Test
    void coloursAreForTerminals() {
        assertThat(DiagnosisTable.of(DIAGNOSIS, new TerminalStyle(true, 70)))
                .startsWith("\u001b[1;31mproblem\u001b[0m")
                .contains("\u001b[32mok     \u001b[0m");
    }

    @Test
    void jsonIsForMonitoring() throws IOException {
        StringWriter out = new StringWriter();
        DiagnosisJson.write(DIAGNOSIS, out);

        JsonNode report = new ObjectMapper().readTree(out.toString());
        assertThat(report.path("kind").asText()).isEqualTo("DoctorReport");
        assertThat(report.path("namespace").asText()).isEqualTo("bulkhead-system");
        assertThat(report.path("summary").toString()).isEqualTo("{\"problem\":1,\"unknown\":1,\"warning\":1,\"ok\":1}");
        assertThat(report.at("/checks/0/check").asText()).isEqualTo("webhooks");
        assertThat(report.at("/checks/0/remedy").asText()).isEqualTo("restore it");
        assertThat(report.at("/checks/3").has("remedy")).isFalse();
    }
}
