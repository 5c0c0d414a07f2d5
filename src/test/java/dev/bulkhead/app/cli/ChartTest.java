package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import dev.bulkhead.Golden;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cli.Cli.Run;
import dev.bulkhead.app.cluster.secondlayer.PolicyKind;
import dev.bulkhead.app.cluster.secondlayer.Slot;
import dev.bulkhead.app.cluster.secondlayer.SlotBinding;
import dev.bulkhead.app.cluster.secondlayer.Slots;
import dev.bulkhead.app.cluster.webhook.WorkloadScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart as Helm renders it; {@code manifests/install.yaml} is what it renders by default. */
class ChartTest {
    private static final Path CHART = Path.of("charts/bulkhead");
    private static final Path CASES = Path.of("src/test/resources/charts");
    private static final Path INSTALL = Path.of("manifests/install.yaml");
    private static final String NAMESPACE = "bulkhead-system";

    @TempDir
    private Path directory;

    static Stream<String> cases() {
        return Stream.of("cert-manager", "secret", "everything");
    }

    private static TemplateCommand template() {
        return new Helm(CHART)
                .template()
                .withName("bulkhead")
                .withNamespace(NAMESPACE)
                .withKubeVersion("v1.37.0");
    }

    /** The one of that kind in the chart with its defaults. */
    private static JsonNode document(String kind) {
        return document(template(), kind);
    }

    private static JsonNode document(TemplateCommand command, String kind) {
        return documents(command, kind).findFirst().orElseThrow();
    }

    private static Stream<JsonNode> documents(TemplateCommand command, String kind) {
        return Stream.of(command.call().split("(?m)^---$"))
                .filter(text -> text.contains("\nkind: " + kind + "\n"))
                .map(Yaml::tree)
                .filter(document -> document.path("kind").asText().equals(kind));
    }

    private static Path values(String name) {
        return CASES.resolve(name + ".values.yaml");
    }

    @Test
    void passesTheStrictestLint() {
        LintResult result = new Helm(CHART).lint().strict().call();

        assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
        assertThat(result.getMessages()).noneMatch(message -> message.contains("recommended"));
    }

    /** What Helm prints after an installation: in a copy of the chart that renders it as a document. */
    private String notes(String... settings) throws IOException {
        Path chart = directory.resolve("chart");
        try (Stream<Path> files = Files.walk(CHART)) {
            for (Path file : files.toList()) {
                Path copy = chart.resolve(CHART.relativize(file).toString());
                if (!Files.exists(copy)) {
                    Files.copy(file, copy);
                }
            }
        }
        Path templates = chart.resolve("templates");
        String notes = Files.readString(CHART.resolve("templates/NOTES.txt"));
        Files.writeString(templates.resolve("_notes.tpl"), "{{- define \"notes\" -}}" + notes + "{{- end -}}");
        Files.writeString(templates.resolve("notes.yaml"), "kind: Notes\ntext: {{ include \"notes\" . | toJson }}\n");
        TemplateCommand command = new Helm(chart)
                .template()
                .withName("bulkhead")
                .withNamespace(NAMESPACE)
                .withKubeVersion("v1.37.0");
        for (String setting : settings) {
            command.set(setting.replaceFirst("=.*", ""), setting.replaceFirst("[^=]*=", ""));
        }
        return document(command, "Notes").path("text").asText();
    }

    /** Nobody has published an image; a pod that cannot pull one says nothing of how to build it. */
    @Test
    void notesSayHowToGetTheImageIntoTheNodes() throws IOException {
        assertThat(notes())
                .contains(
                        "The nodes need the image bulkhead:0.1.0",
                        "image/build",
                        "kind load image-archive target/image/bulkhead-0.1.0.tar");
        assertThat(notes("image.registry=registry.example")).doesNotContain("image/build");
        assertThat(notes("image.repository=registry.example/bulkhead")).doesNotContain("image/build");
    }

    @Test
    void installManifestIsTheChartWithDefaults() {
        String namespace = """
                # Bulkhead with the chart's defaults; made from charts/bulkhead, do not edit.
                # kubectl apply --server-side -f install.yaml
                ---
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: bulkhead-system
                """;

        Golden.file(INSTALL, namespace + template().call());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rendersAsRecorded(String name) {
        Golden.file(
                CASES.resolve(name + ".yaml"),
                template().withValuesFile(values(name)).call());
    }

    /**
     * What a manifest does not hold, no tool takes away that applies it again: the rules that the leader filled in, and
     * the failure policy that it keeps.
     */
    @Test
    void applyingTheManifestAgainDoesNotOpenTheGate() {
        JsonNode mutating = document("MutatingWebhookConfiguration");
        JsonNode validating = document("ValidatingWebhookConfiguration");

        assertThat(mutating.at("/webhooks/0").has("rules")).isFalse();
        assertThat(validating.at("/webhooks/0/name").asText()).isEqualTo("validate.bulkhead.dev");
        assertThat(validating.at("/webhooks/0").has("rules")).isFalse();
        assertThat(validating.at("/webhooks/0").has("failurePolicy")).isFalse();
        List.of(mutating, validating).forEach(configuration -> {
            assertThat(configuration
                            .at("/metadata/annotations/bulkhead.dev~1in-force")
                            .asText())
                    .isEqualTo("when-ready");
            assertThat(configuration
                            .at("/metadata/annotations/admissions.enforcer~1disabled")
                            .asText())
                    .isEqualTo("true");
        });
        assertThat(documents(template(), "ConfigMap"))
                .filteredOn(document -> document.at("/metadata/name").asText().equals("bulkhead"))
                .singleElement()
                .satisfies(document ->
                        assertThat(document.at("/data/webhooks.yaml").asText()).contains("deployments, daemonsets"));
    }

    @Test
    void upgradeKeepsWhatIsRecordedOfImages() {
        assertThat(documents(template(), "ConfigMap"))
                .filteredOn(document -> document.at("/metadata/name").asText().equals("bulkhead-images"))
                .singleElement()
                .satisfies(document -> assertThat(document.has("data")).isFalse());
        assertThat(template().set("scan.enabled", false).call()).doesNotContain("bulkhead-images");
    }

    @Test
    void secretsMayBeReadOnlyWherePullSecretsAreUsed() {
        String all = "resources: [secrets, serviceaccounts]";
        assertThat(template().call()).doesNotContain(all).doesNotContain("BULKHEAD_SCAN_REGISTRIES");
        assertThat(template().set("scan.registries.pullSecrets", true).call()).doesNotContain(all);
        assertThat(template().set("scan.registries.enabled", true).call())
                .doesNotContain(all)
                .contains("BULKHEAD_SCAN_REGISTRIES_ENABLED");
        assertThat(template()
                        .set("scan.registries.enabled", true)
                        .set("scan.registries.pullSecrets", true)
                        .call())
                .contains(all);
    }

    private static String console(String... settings) {
        TemplateCommand command = template();
        for (String setting : settings) {
            command.set(setting.replaceFirst("=.*", ""), setting.replaceFirst("[^=]*=", ""));
        }
        return command.call();
    }

    @Test
    void asksWhosePeopleAreOnlyForTheConsole() {
        assertThat(console()).contains("tokenreviews", "subjectaccessreviews");
        assertThat(console("console.enabled=false"))
                .doesNotContain("tokenreviews")
                .doesNotContain("subjectaccessreviews")
                .doesNotContain("name: console\n              containerPort")
                .contains("name: BULKHEAD_CONSOLE_ENABLED\n              value: \"false\"");
    }

    @Test
    void consoleHasNoCertificateAndNoPeersByDefault() {
        assertThat(console()).doesNotContain("BULKHEAD_CONSOLE_TLS_CERT").doesNotContain("BULKHEAD_CONSOLE_PROXY");
        assertThat(documents(template(), "NetworkPolicy"))
                .filteredOn(policy -> policy.at("/metadata/name").asText().equals("bulkhead-console"))
                .singleElement()
                .satisfies(policy -> {
                    assertThat(policy.at("/spec/policyTypes")).contains(new TextNode("Ingress"));
                    assertThat(policy.at("/spec").has("ingress")).isFalse();
                });
    }

    @Test
    void consoleTakesItsCertificateFromASecretOrFromCertManager() {
        assertThat(console("console.tls.secretName=web-tls"))
                .contains("secretName: web-tls", "BULKHEAD_CONSOLE_TLS_CERT");
        assertThat(console("certificates.source=cert-manager", "console.tls.certManager.enabled=true"))
                .contains("secretName: bulkhead-console-tls", "bulkhead-console.bulkhead-system.svc");
        assertThatThrownBy(() -> console("console.tls.certManager.enabled=true"))
                .hasMessageContaining("console.tls.certManager.enabled needs certificates.source=cert-manager");
    }

    @Test
    void aProxyOfTheConsoleNeedsASecret() {
        assertThatThrownBy(() -> console("console.proxy.userHeader=X-Forwarded-User"))
                .hasMessageContaining("console.proxy.secretName");
        assertThat(console("console.proxy.userHeader=X-Forwarded-User", "console.proxy.secretName=proxy"))
                .contains("secretName: proxy", "BULKHEAD_CONSOLE_PROXY_SECRET_FILE")
                .contains("name: BULKHEAD_CONSOLE_PROXY_PLAIN\n              value: \"false\"");
    }

    @Test
    void onlyTheChosenApiOfReportsMayBeWritten() {
        assertThat(template().call()).contains("apiGroups: [openreports.io]", "apiGroups: [wgpolicyk8s.io]");
        assertThat(template().set("reports.api", "wgpolicyk8s").call()).doesNotContain("openreports.io");
        assertThat(template().set("reports.api", "openreports").call()).doesNotContain("wgpolicyk8s.io");
        assertThat(template().set("reports.enabled", false).call())
                .doesNotContain("apiGroups: [openreports.io]")
                .doesNotContain("apiGroups: [wgpolicyk8s.io]");
    }

    @ParameterizedTest
    @CsvSource({
        "openreports, reports.openreports.io, clusterreports.openreports.io",
        "wgpolicyk8s, policyreports.wgpolicyk8s.io, clusterpolicyreports.wgpolicyk8s.io"
    })
    void definitionsOfReportsAreInstalledWhereTheyAreAskedFor(String api, String first, String second) {
        assertThat(documents(template(), "CustomResourceDefinition")).hasSize(2);
        assertThat(documents(template().set("reports.crds", api), "CustomResourceDefinition"))
                .extracting(document -> document.at("/metadata/name").asText())
                .contains(first, second)
                .hasSize(4);
    }

    @Test
    void eventsMayBeWrittenOnlyWhereRefusalsAreReported() {
        String rule = "resources: [events]\n    verbs: [create, patch]";
        assertThat(template().call()).contains(rule, "name: BULKHEAD_REFUSALS_EVENTS");
        assertThat(template().set("refusals.events", false).call()).doesNotContain(rule);
    }

    private static TemplateCommand withSecondLayer() {
        return template().set("secondLayer.enabled", true).set("excludedNamespaces[0]", "network");
    }

    /** The leader may not change them, and reports those that are not as it expects. */
    @ParameterizedTest
    @EnumSource
    void bindingsOfTheSecondLayerAreThoseThatTheLeaderExpects(PolicyKind kind) {
        List<Slot> slots = new Slots("bulkhead", 10).of(kind);
        WorkloadScope scope = WorkloadScope.of(document(withSecondLayer(), "ValidatingWebhookConfiguration"))
                .orElseThrow();
        List<JsonNode> bindings = documents(withSecondLayer(), kind.bindingKind())
                .filter(binding -> binding.at("/metadata/labels/bulkhead.dev~1second-layer")
                        .asText()
                        .equals("bulkhead"))
                .toList();

        assertThat(scope.excludedNamespaces()).containsExactly("bulkhead-system", "kube-system", "network");
        assertThat(bindings)
                .extracting(binding -> binding.at("/metadata/name").asText())
                .containsExactlyElementsOf(slots.stream().map(Slot::name).toList());
        assertThat(slots)
                .allSatisfy(slot -> assertThat(bindings)
                        .filteredOn(
                                binding -> binding.at("/metadata/name").asText().equals(slot.name()))
                        .singleElement()
                        .matches(binding -> SlotBinding.isAsInstalled(binding, slot, scope)));
    }

    @Test
    void theSecondLayerFillsInFromKubernetes136On() {
        assertThat(documents(withSecondLayer().withKubeVersion("v1.35.9"), "MutatingAdmissionPolicyBinding"))
                .isEmpty();
        assertThat(documents(withSecondLayer().withKubeVersion("v1.36.0"), "MutatingAdmissionPolicyBinding"))
                .hasSize(1);
    }

    @Test
    void theSecondLayerIsOffByDefault() {
        assertThat(template().call()).doesNotContain("second-layer").doesNotContain("SECOND_LAYER");
    }

    /** A replica without its cache on a busy node of two cores was restarted three times by a budget of a minute. */
    @Test
    void aSlowNodeHasTimeToStartAReplica() {
        JsonNode probe = document("Deployment").at("/spec/template/spec/containers/0/startupProbe");

        assertThat(probe.path("periodSeconds").asInt()
                        * probe.path("failureThreshold").asInt())
                .isGreaterThanOrEqualTo(300);
    }

    /** The API server calls a webhook for a dry run only if it is declared to have no side effects then. */
    @Test
    void noWebhookHasSideEffectsInADryRun() {
        List<JsonNode> webhooks = new ArrayList<>();
        document("MutatingWebhookConfiguration").path("webhooks").forEach(webhooks::add);
        document("ValidatingWebhookConfiguration").path("webhooks").forEach(webhooks::add);

        assertThat(webhooks)
                .hasSize(4)
                .allSatisfy(webhook ->
                        assertThat(webhook.path("sideEffects").asText()).isEqualTo("NoneOnDryRun"));
    }

    @Test
    void onlyTheWebhookPortIsOpenByDefault() {
        JsonNode spec = document("NetworkPolicy").path("spec");

        assertThat(spec.path("policyTypes")).extracting(JsonNode::asText).containsExactly("Ingress", "Egress");
        assertThat(spec.path("ingress")).hasSize(1);
        assertThat(spec.at("/ingress/0")).isEqualTo(Yaml.tree("ports: [{port: https}]"));
    }

    @Test
    void metricsAndApiAreReachedFromWhereTheValuesSay() {
        String from = "[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]";
        String portal = "[{podSelector: {matchLabels: {app: portal}}}]";

        JsonNode ingress = document(template().withValuesFile(values("everything")), "NetworkPolicy")
                .at("/spec/ingress");

        assertThat(ingress).hasSize(3);
        assertThat(ingress.get(1)).isEqualTo(Yaml.tree("{ports: [{port: management}], from: " + from + "}"));
        assertThat(ingress.get(2)).isEqualTo(Yaml.tree("{ports: [{port: api}], from: " + portal + "}"));
    }

    @Test
    void podsConnectToTheApiServerAndDnsOnlyByDefault() {
        JsonNode egress = document("NetworkPolicy").at("/spec/egress");

        assertThat(egress).hasSize(2);
        assertThat(egress.get(0))
                .isEqualTo(Yaml.tree("ports: [{port: 443}, {port: 6443}, {port: 8443}, {port: 16443}, {port: 2040}]"));
        assertThat(egress.get(1))
                .isEqualTo(Yaml.tree("ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP},"
                        + " {port: 5353, protocol: UDP}, {port: 5353, protocol: TCP}]"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://collector.tracing:4317, 4317",
        "http://collector.tracing:4318/v1/traces, 4318",
        "http://[fd00::7]:4317, 4317",
        "http://collector.tracing, 80",
        "https://traces.example/otlp, 443",
    })
    void tracesReachTheirEndpoint(String endpoint, int port) {
        TemplateCommand command = template().set("tracing.enabled", "true").set("tracing.endpoint", endpoint);

        assertThat(document(command, "NetworkPolicy").at("/spec/egress/2"))
                .isEqualTo(Yaml.tree("ports: [{port: " + port + "}]"));
    }

    @Test
    void connectionsCanBeWidenedAndNarrowed() {
        TemplateCommand command = template()
                .set("networkPolicy.webhooksFrom[0].ipBlock.cidr", "10.0.0.0/28")
                .set("networkPolicy.egress.apiServerPorts[0]", "7443")
                .set("networkPolicy.egress.apiServerTo[0].ipBlock.cidr", "10.0.0.7/32")
                .set("networkPolicy.egress.dnsPorts[0]", "53")
                .set("networkPolicy.egress.dnsTo[0].namespaceSelector.matchLabels.dns", "here")
                .set("networkPolicy.egress.extra[0].ports[0].port", "8126");

        JsonNode spec = document(command, "NetworkPolicy").path("spec");

        assertThat(spec.path("ingress"))
                .isEqualTo(Yaml.tree("[{ports: [{port: https}], from: [{ipBlock: {cidr: 10.0.0.0/28}}]}]"));
        assertThat(spec.path("egress")).isEqualTo(Yaml.tree("""
                - ports: [{port: 7443}]
                  to: [{ipBlock: {cidr: 10.0.0.7/32}}]
                - ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
                  to: [{namespaceSelector: {matchLabels: {dns: here}}}]
                - ports: [{port: 8126}]
                """));
    }

    @Test
    void outgoingConnectionsCanBeLeftUnlimited() {
        JsonNode spec = document(template().set("networkPolicy.egress.enabled", "false"), "NetworkPolicy")
                .path("spec");

        assertThat(spec.path("policyTypes")).extracting(JsonNode::asText).containsExactly("Ingress");
        assertThat(spec.has("egress")).isFalse();
    }

    @Test
    void podsRunInAUserNamespaceIfAskedTo() throws IOException {
        assertThat(document("Deployment").at("/spec/template/spec").has("hostUsers"))
                .isFalse();

        TemplateCommand command = template().set("hostUsers", "false");
        Path rendered = Files.writeString(directory.resolve("rendered.yaml"), command.call());

        assertThat(document(command, "Deployment").at("/spec/template/spec/hostUsers"))
                .isEqualTo(BooleanNode.FALSE);
        assertThat(Cli.run("check", "-f", rendered.toString(), "-o", "json").out())
                .doesNotContain("userNamespace");
    }

    @Test
    void aUserNamespaceAndTheNetworkOfTheNodeExcludeEachOther() {
        assertThatThrownBy(() -> template()
                        .set("hostUsers", "false")
                        .set("hostNetwork", "true")
                        .call())
                .hasMessageContaining("hostUsers: false cannot be combined with hostNetwork: true");
    }

    @ParameterizedTest
    @CsvSource({
        "failurePolicy, Maybe, failurePolicy",
        "timeoutSeconds, 31, timeoutSeconds",
        "replicas, 0, replicas",
        "profile, strict, profile",
        "certificates.source, magic, certificates",
        "log.decisions, some, decisions",
        "replica, 3, replica",
        "exemptions.maxDuration, soon, maxDuration",
        "docs.url, docs.example/rules, url",
        "docs.url, https://user:password@docs.example/, url",
        "contact, $(BULKHEAD_POLICY_MODE), contact",
        "webhooks.repair, true, repair",
        "startupSeconds, 10, startupSeconds",
        "hostUsers, maybe, hostUsers",
        "secondLayer.policies, 0, policies",
        "networkPolicy.egress.apiServerPorts[0], 0, apiServerPorts",
        "networkPolicy.egress.enabled, some, egress",
        "networkPolicy.metricsFrom[0].namespace, monitoring, metricsFrom",
    })
    void wrongValuesAreRejectedByName(String key, String value, String named) {
        assertThatThrownBy(() -> template().set(key, value).call()).hasMessageContaining(named);
    }

    @ParameterizedTest
    @ValueSource(strings = {"one line\nand another", "a\u202eb", "a\u001b[31m"})
    void aContactIsOneHarmlessLine(String contact) throws IOException {
        Path values =
                Files.writeString(directory.resolve("contact.json"), "{\"contact\": " + Yaml.quote(contact) + "}");

        assertThatThrownBy(() -> template().withValuesFile(values).call()).hasMessageContaining("contact");
    }

    @Test
    void aSecretRequiresItsName() {
        assertThatThrownBy(() -> template().set("certificates.source", "secret").call())
                .hasMessageContaining("certificates.secretName is required with certificates.source=secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "cert-manager", "everything"})
    void bulkheadsOwnPodsNeedNoExemption(String name) throws IOException {
        TemplateCommand command = template();
        if (!name.equals("default")) {
            command.withValuesFile(values(name));
        }
        Path rendered = Files.writeString(directory.resolve("rendered.yaml"), command.call());

        Run run = Cli.run("check", "-f", rendered.toString(), "--profile", "least-privilege", "-o", "json");

        JsonNode summary = new ObjectMapper().readTree(run.out()).path("summary");
        assertThat(summary.path("workloads").asInt()).isEqualTo(2);
        assertThat(summary.path("passed").asInt()).as(run.out()).isEqualTo(2);
    }

    /** A value of the chart, with the comment on it in values.yaml. */
    private record Value(List<String> path, String preset, String meaning) {}

    private static List<Value> values() throws IOException {
        List<Value> values = new ArrayList<>();
        List<String> path = new ArrayList<>();
        StringBuilder meaning = new StringBuilder();
        for (String line : Files.readAllLines(CHART.resolve("values.yaml"))) {
            String text = line.strip();
            int depth = (line.length() - line.stripLeading().length()) / 2;
            if (text.startsWith("#")) {
                meaning.append(meaning.isEmpty() ? "" : " ").append(text.replaceFirst("^# (-- )?", ""));
            } else if (text.contains(":")) {
                path = new ArrayList<>(path.subList(0, Math.min(depth, path.size())));
                path.add(text.substring(0, text.indexOf(':')));
                if (!meaning.isEmpty()) {
                    String preset = text.substring(text.indexOf(':') + 1).strip();
                    values.add(new Value(List.copyOf(path), preset, meaning.toString()));
                }
                meaning.setLength(0);
            }
        }
        return values;
    }

    @Test
    void readmeListsEveryValue() throws IOException {
        String rows = values().stream()
                .map(value -> "| `" + String.join(".", value.path()) + "` | "
                        + (value.preset().isEmpty() ? "" : "`" + value.preset() + "`") + " | "
                        + value.meaning().replace("|", "\\|") + " |\n")
                .collect(Collectors.joining());

        Golden.section(CHART.resolve("README.md"), "values", "| value | default | meaning |\n|---|---|---|\n" + rows);
    }

    /** Editors and catalogues show the schema's descriptions. */
    @Test
    void schemaDescribesEveryValue() throws IOException {
        JsonNode schema =
                new ObjectMapper().readTree(CHART.resolve("values.schema.json").toFile());

        assertThat(values()).hasSizeGreaterThan(50).allSatisfy(value -> {
            String pointer = "/properties/" + String.join("/properties/", value.path());
            assertThat(schema.at(pointer).path("description").asText())
                    .as(pointer)
                    .isEqualTo(value.meaning());
        });
    }
}
