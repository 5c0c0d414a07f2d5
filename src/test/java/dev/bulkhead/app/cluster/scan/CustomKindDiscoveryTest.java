package dev.bulkhead.app.cluster.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.Yaml;
import dev.bulkhead.engine.workload.CustomKind;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CustomKindDiscoveryTest {
    private static final CustomKind ROLLOUT =
            CustomKind.parse("argoproj.io/Rollout=/spec/template").orElseThrow();

    private final Map<String, String> served = new HashMap<>(
            Map.of("apis/argoproj.io", "{preferredVersion: {version: v1alpha1}}", "apis/argoproj.io/v1alpha1", """
            resources:
              - {name: workflows, kind: Workflow, namespaced: true}
              - {name: rollouts/status, kind: Rollout, namespaced: true}
              - {name: rollouts, kind: Rollout, namespaced: true}
            """));

    private Optional<ScannedKind> find() throws IOException {
        return new CustomKindDiscovery(
                        path -> Optional.ofNullable(served.get(path)).map(Yaml::tree))
                .find(ROLLOUT);
    }

    @Test
    void findsVersionAndPluralAndNoSubresource() throws IOException {
        ScannedKind kind = find().orElseThrow();
        assertThat(kind.apiVersion()).isEqualTo("argoproj.io/v1alpha1");
        assertThat(kind.path() + kind.resource()).isEqualTo("apis/argoproj.io/v1alpha1/rollouts");
        assertThat(kind.template()).containsExactly("spec", "template");
    }

    @Test
    void findsNothingWhereTheGroupOrTheKindIsNotServed() throws IOException {
        served.put("apis/argoproj.io/v1alpha1", "{resources: [{name: workflows, kind: Workflow, namespaced: true}]}");
        assertThat(find()).isEmpty();
        served.remove("apis/argoproj.io");
        assertThat(find()).isEmpty();
    }

    @Test
    void failureIsNoAbsence() {
        CustomKindDiscovery failing = new CustomKindDiscovery(path -> {
            throw new IOException("no answer");
        });
        assertThatThrownBy(() -> failing.find(ROLLOUT)).isInstanceOf(IOException.class);
    }
}
