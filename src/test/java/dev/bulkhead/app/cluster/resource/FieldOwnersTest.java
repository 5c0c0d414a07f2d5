package dev.bulkhead.app.cluster.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldOwnersTest {
    private static JsonNode configuration(String... managers) throws Exception {
        return new ObjectMapper().readTree("{\"metadata\":{\"managedFields\":[" + String.join(",", managers) + "]}}");
    }

    private static String manager(String name, String time, String field) {
        return "{\"manager\":\"" + name + "\",\"time\":\"" + time
                + "\",\"fieldsV1\":{\"f:webhooks\":{\"k:{\\\"name\\\":\\\"a.bulkhead.dev\\\"}\":{\"f:" + field
                + "\":{}}}}}";
    }

    @Test
    void namesTheOwnerOfTheField() throws Exception {
        JsonNode edited = configuration(
                manager("helm", "2026-11-26T00:00:00Z", "rules"),
                manager("enforcer", "2026-11-26T00:00:01Z", "namespaceSelector"),
                manager("other", "2026-11-26T00:00:02Z", "timeoutSeconds"),
                manager("bulkhead", "2026-11-26T00:00:01Z", "clientConfig"));

        assertThat(FieldOwners.lastOf(edited, Set.of("a.bulkhead.dev/namespaceSelector")))
                .contains("enforcer");
    }

    @Test
    void namesTheLastWriterOfARemovedField() throws Exception {
        JsonNode edited = configuration(
                manager("helm", "2026-11-26T00:00:00Z", "rules"),
                manager("kubectl-patch", "2026-11-26T00:00:02Z", "timeoutSeconds"),
                manager("bulkhead", "2026-11-26T00:00:01Z", "namespaceSelector"));

        assertThat(FieldOwners.lastOf(edited, Set.of("a.bulkhead.dev/clientConfig")))
                .contains("kubectl-patch");
    }

    /** Whoever owned the field before Bulkhead wrote it has not undone it. */
    @Test
    void doesNotNameEarlierWriters() throws Exception {
        JsonNode edited = configuration(
                manager("helm", "2026-11-26T00:00:00Z", "clientConfig"),
                manager("bulkhead", "2026-11-26T00:00:03Z", "rules"));

        assertThat(FieldOwners.lastOf(edited, Set.of("a.bulkhead.dev/clientConfig")))
                .isEmpty();
    }

    @Test
    void ignoresWritersOfTheStatus() throws Exception {
        JsonNode edited = configuration(
                manager("bulkhead", "2026-11-26T00:00:01Z", "rules"),
                manager("kubectl-edit", "2026-11-26T00:00:02Z", "rules"),
                "{\"manager\":\"kube-controller-manager\",\"time\":\"2026-11-26T00:00:03Z\",\"subresource\":\"status\"}");

        assertThat(FieldOwners.lastOf(edited, Set.of())).contains("kubectl-edit");
    }

    @Test
    void namesNoWriterWithoutManagedFields() throws Exception {
        assertThat(FieldOwners.lastOf(configuration(), Set.of("a.bulkhead.dev/rules")))
                .isEmpty();
        assertThat(FieldOwners.lastOf(configuration(), Set.of(""))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "aks-admissionsenforcer, aks",
        "admissionsenforcer, aks",
        "argocd-controller, argo-cd",
        "cainjector, cert-manager",
        "kustomize-controller, flux",
        "helm, helm",
        "kubectl-edit, kubectl",
        "made-up-by-a-user-7341, other",
    })
    void metricsLabelWritersFromAClosedSet(String name, String label) {
        assertThat(FieldOwners.Kind.of(name).label()).isEqualTo(label);
    }
}
