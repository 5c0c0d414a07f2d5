package dev.bulkhead.engine.workload;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Wherever the kinds that hold a pod are named, they are those of {@link KubernetesKind}. */
class KubernetesKindTest {
    private static final Path INSTALL = Path.of("manifests/install.yaml");
    private static final Path EXEMPTIONS = Path.of("charts/bulkhead/files/crds/exemptions.yaml");
    private static final Path SOURCES = Path.of("src/main/java");

    private static final Set<String> NAMES = Arrays.stream(KubernetesKind.values())
            .map(KubernetesKind::kind)
            .collect(Collectors.toCollection(TreeSet::new));

    private static Stream<JsonNode> items(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    /** The webhook configuration of that kind as the leader installs it. */
    private static JsonNode webhooks(String kind) throws IOException {
        return Stream.of(Files.readString(INSTALL).split("(?m)^---$"))
                .filter(text -> text.contains("webhooks.yaml: |"))
                .map(Yaml::tree)
                .flatMap(map -> Stream.of(map.at("/data/webhooks.yaml").asText().split("(?m)^---$")))
                .map(Yaml::tree)
                .filter(configuration -> configuration.path("kind").asText().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    /** {@code group/resource} of the first webhook's rules, without subresources. */
    private static Set<String> resources(JsonNode configuration) {
        return items(configuration.at("/webhooks/0/rules"))
                .flatMap(rule -> items(rule.path("apiGroups"))
                        .flatMap(group -> items(rule.path("resources"))
                                .map(resource -> group.asText() + "/" + resource.asText())))
                .filter(resource -> resource.indexOf('/') == resource.lastIndexOf('/'))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void validatingWebhookIsAskedAboutAllOfThemAndNothingElse() throws IOException {
        assertThat(resources(webhooks("ValidatingWebhookConfiguration")))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(KubernetesKind.values())
                        .map(kind -> kind.group() + "/" + kind.resource())
                        .toList());
    }

    @Test
    void mutatingWebhookIsAskedAboutPodsOnly() throws IOException {
        assertThat(resources(webhooks("MutatingWebhookConfiguration")))
                .containsExactly(KubernetesKind.POD.group() + "/" + KubernetesKind.POD.resource());
    }

    @Test
    void exemptionsAreForAllOfThem() throws IOException {
        Matcher kinds = Pattern.compile("(?s) kind:\\n\\s+description:.*?enum:\\n(.*?)\\s+type:")
                .matcher(Files.readString(EXEMPTIONS));

        assertThat(kinds.find()).isTrue();
        assertThat(kinds.group(1).replaceAll("[\\s\"]", "").substring(1).split("-"))
                .containsExactlyInAnyOrderElementsOf(NAMES);
        assertThat(WorkloadKinds.ofKubernetes()).containsExactlyElementsOf(NAMES);
    }

    @Test
    void readmeNamesAllOfThem() throws IOException {
        Matcher sentence = Pattern.compile("(?s)finds the pod in the object: (.*?)\\.\\s")
                .matcher(Files.readString(Path.of("README.md")));

        assertThat(sentence.find()).isTrue();
        assertThat(sentence.group(1).split(",?\\s+or\\s+|,\\s+")).containsExactlyInAnyOrderElementsOf(NAMES);
    }

    @Test
    void eachIsFoundInEveryGroupByItsTemplate() {
        for (KubernetesKind kind : KubernetesKind.values()) {
            for (String group : kind.groups()) {
                String apiVersion = group.isEmpty() ? "v1" : group + "/v1";
                assertThat(WorkloadKinds.builtIn().contains(apiVersion, kind.kind()))
                        .as("%s %s", apiVersion, kind)
                        .isTrue();
            }
            assertThat(kind.template().isEmpty()).isEqualTo(kind == KubernetesKind.POD);
        }
    }

    @Test
    void noOtherSourceListsThem() throws IOException {
        Pattern literal = Pattern.compile("\"("
                + Arrays.stream(KubernetesKind.values())
                        .filter(kind -> kind != KubernetesKind.POD)
                        .flatMap(kind -> Stream.of(kind.kind(), kind.resource()))
                        .collect(Collectors.joining("|"))
                + ")\"");
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<Path> sources = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("KubernetesKind.java"))
                    // It names one as an example.
                    .filter(file -> !file.endsWith("CheckReportSchema.java"))
                    .toList();
            for (Path source : sources) {
                assertThat(literal.matcher(Files.readString(source)).results())
                        .as("kinds named in %s", source)
                        .isEmpty();
            }
        }
    }
}
