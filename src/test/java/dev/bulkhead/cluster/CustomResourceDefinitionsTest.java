package dev.bulkhead.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Golden;
import dev.bulkhead.cluster.crd.Exemption;
import dev.bulkhead.cluster.crd.LeastPrivilegePolicy;
import io.fabric8.crdv2.generator.CRDGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The definitions that the chart installs are those that the Java types make. */
class CustomResourceDefinitionsTest {
    private static final Path CHART = Path.of("charts/bulkhead/files/crds");

    @TempDir
    private Path generated;

    @Test
    void chartHoldsThem() throws IOException {
        int count = new CRDGenerator()
                .customResourceClasses(LeastPrivilegePolicy.class, Exemption.class)
                .forCRDVersions("v1")
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
