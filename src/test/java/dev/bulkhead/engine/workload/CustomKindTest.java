package dev.bulkhead.engine.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CustomKindTest {
    @Test
    void readsWhatItWrites() {
        for (String text : List.of(
                "argoproj.io/Rollout=/spec/template", "argoproj.io/Rollout=/spec/template?", "a.b/C=/x~1y/z~0")) {
            assertThat(CustomKind.parse(text).orElseThrow()).hasToString(text);
        }
    }

    @Test
    void readsItsParts() {
        assertThat(CustomKind.parse("serving.knative.dev/Service=/spec/te~1mp~0late?"))
                .contains(new CustomKind("serving.knative.dev", "Service", List.of("spec", "te/mp~late"), true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Rollout",
                "argoproj.io/Rollout",
                "argoproj.io/Rollout=",
                "argoproj.io/Rollout=/",
                "argoproj.io/Rollout=spec/template",
                "argoproj.io/Rollout=/spec//template",
                "argoproj.io/Rollout=/spec/template/",
                "argoproj.io/rollout=/spec/template",
                "argoproj.io/v1/Rollout=/spec/template",
                "/Rollout=/spec/template",
                "Argo/Rollout=/spec/template"
            })
    void isStrictAboutItsForm(String text) {
        assertThat(CustomKind.parse(text)).isEmpty();
    }

    @Test
    void kindsHaveOnePlaceOfTheTemplate() {
        WorkloadKinds kinds = WorkloadKinds.builtIn().with(List.of("argoproj.io/Rollout=/spec/template"));

        assertThat(kinds.contains("argoproj.io/v1alpha1", "Rollout")).isTrue();
        assertThatThrownBy(() -> kinds.with(List.of("argoproj.io/Rollout=/spec/other")))
                .hasMessage("argoproj.io/Rollout has its place of the pod template already");
        assertThatThrownBy(() -> WorkloadKinds.builtIn().with(List.of("apps/Deployment=/spec/other")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WorkloadKinds.builtIn().with(List.of("apps/Deployment")))
                .hasMessageContaining("expected GROUP/KIND=/PATH/TO/TEMPLATE");
    }
}
