package dev.bulkhead.app.cluster.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Golden;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Profile;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The definitions that the chart installs are those that the Java types make. */
class CustomResourceDefinitionsTest {
    private static final Path CHART = Path.of("charts/bulkhead/files/crds");

    private static final List<Class<?>> KINDS = List.of(LeastPrivilegePolicy.class, Exemption.class);

    @TempDir
    private Path generated;

    /** The generator sorts columns by their paths; people want to know what it is before how old it is. */
    private static CustomResourceDefinition inReadingOrder(CustomResourceDefinition definition) {
        List<String> order = List.of(
                "Profile",
                "Mode",
                "Owner",
                "State",
                "Namespaces",
                "Workloads",
                "Not starting",
                "Unevaluated",
                "Expires",
                "Last used",
                "Age");
        definition.getSpec().getVersions().forEach(version -> {
            List<CustomResourceColumnDefinition> columns = new ArrayList<>(version.getAdditionalPrinterColumns());
            columns.sort(Comparator.comparingInt(column -> order.indexOf(column.getName())));
            version.setAdditionalPrinterColumns(columns);
        });
        return definition;
    }

    /** The generator takes no description of the kind itself from the class. */
    private static CustomResourceDefinition described(CustomResourceDefinition definition) {
        String kind = definition.getSpec().getNames().getKind();
        String description = KINDS.stream()
                .filter(type -> type.getSimpleName().equals(kind))
                .map(type -> type.getAnnotation(JsonClassDescription.class).value())
                .findFirst()
                .orElseThrow();
        definition
                .getSpec()
                .getVersions()
                .forEach(version -> version.getSchema().getOpenAPIV3Schema().setDescription(description));
        return definition;
    }

    /** The paths of the fields below a schema that have no description. */
    private static Stream<String> undescribed(String path, JsonNode schema) {
        Stream<String> own = schema.path("description").asText().isBlank() ? Stream.of(path) : Stream.empty();
        Stream<String> fields = schema.path("properties").properties().stream()
                .flatMap(field -> undescribed(path + "." + field.getKey(), field.getValue()));
        Stream<String> members = Stream.of(schema.path("items"), schema.path("additionalProperties"))
                .flatMap(member -> member.path("properties").properties().stream())
                .flatMap(field -> undescribed(path + "[]." + field.getKey(), field.getValue()));
        return Stream.of(own, fields, members).flatMap(Function.identity());
    }

    private static JsonNode schema(String plural) throws IOException {
        return Yaml.tree(Files.readString(CHART.resolve(plural + ".yaml")))
                .at("/spec/versions/0/schema/openAPIV3Schema");
    }

    /** What {@code kubectl explain} shows. */
    @ParameterizedTest
    @ValueSource(strings = {"leastprivilegepolicies", "exemptions"})
    void everyFieldIsDescribed(String plural) throws IOException {
        assertThat(undescribed(plural, schema(plural))).isEmpty();
    }

    /** The columns of {@code kubectl get leastprivilegepolicies}. */
    @Test
    void profileAndModeAreNeverEmpty() throws IOException {
        JsonNode spec = schema("leastprivilegepolicies").at("/properties/spec");

        assertThat(spec.path("default")).isEqualTo(Yaml.tree("{}"));
        assertThat(spec.at("/properties/profile/default").asText()).isEqualTo(Profile.LEAST_PRIVILEGE.toString());
        assertThat(spec.at("/properties/mode/default").asText()).isEqualTo(Mode.ENFORCE.label());
    }

    @Test
    void chartHoldsThem() throws IOException {
        int count = new CRDGenerator()
                .customResourceClasses(LeastPrivilegePolicy.class, Exemption.class)
                .forCRDVersions("v1")
                .withPostProcessor(new CRDPostProcessor() {
                    @Override
                    public HasMetadata process(HasMetadata definition, String version) {
                        return described(inReadingOrder((CustomResourceDefinition) definition));
                    }
                })
                .inOutputDir(generated.toFile())
                .detailedGenerate()
                .numberOfGeneratedCRDs();

        assertThat(count).isEqualTo(2);
        for (String plural : new String[] {"leastprivilegepolicies", "exemptions"}) {
            String text = Files.readString(generated.resolve(plural + ".bulkhead.dev-v1.yml"))
                    .replaceFirst("(?s)^# Generated.*?(?=---|apiVersion)", "");
            Golden.file(CHART.resolve(plural + ".yaml"), text);
        }
    }
}
