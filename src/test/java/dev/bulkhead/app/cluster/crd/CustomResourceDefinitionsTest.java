package dev.bulkhead.app.cluster.crd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Golden;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The definitions that the chart installs are those that the Java types make. */
class CustomResourceDefinitionsTest {
    private static final Path CHART = Path.of("charts/bulkhead/files/crds");

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
                "Unjudged",
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

    @Test
    void chartHoldsThem() throws IOException {
        int count = new CRDGenerator()
                .customResourceClasses(LeastPrivilegePolicy.class, Exemption.class)
                .forCRDVersions("v1")
                .withPostProcessor(new CRDPostProcessor() {
                    @Override
                    public HasMetadata process(HasMetadata definition, String version) {
                        return inReadingOrder((CustomResourceDefinition) definition);
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
