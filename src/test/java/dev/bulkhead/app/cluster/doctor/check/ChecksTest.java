package dev.bulkhead.app.cluster.doctor.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.certificate.KeyMaterial;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Cluster;
import dev.bulkhead.app.cluster.doctor.Diagnosis;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.State;
import dev.bulkhead.app.cluster.doctor.layer.SecondLayerInStep;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChecksTest {
    private static final List<String> NAMES = List.of("bulkhead.bulkhead-system.svc");
    private static final String EXEMPTION = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: exporter, namespace: %s, uid: u1, generation: 1, creationTimestamp: '2026-03-01T00:00:00Z'}
            spec:
              reason: reads host metrics
              owner: team-a
              expires: %s
              match: {namespaces: [monitoring]}
              allow: [{rule: hostPathVolumes, values: [/proc]}]
            """;

    private final Cluster cluster = Cluster.healthy();

    private Answer answer(Check check) {
        return Diagnosis.of("https://test", cluster.facts(), List.of(check))
                .findings()
                .get(0)
                .answer();
    }

    private void assertAnswer(Check check, State state, String message) {
        Answer answer = answer(check);
        assertThat(answer.message()).contains(message);
        assertThat(answer.state()).as(answer.message()).isEqualTo(state);
        assertThat(answer.remedy().isPresent()).as("says what to do").isEqualTo(state != State.OK);
    }

    private static KeyMaterial madeBefore(Duration age) {
        return KeyMaterial.create(NAMES, Clock.fixed(Cluster.NOW.minus(age), ZoneOffset.UTC));
    }

    private static ObjectNode webhook(ObjectNode configuration) {
        return (ObjectNode) configuration.at("/webhooks/0");
    }

    @Test
    void everyCheckIsContentWithAHealthyInstallation() {
        Diagnosis diagnosis = Diagnosis.of("https://test", cluster.facts(), Checks.ALL);

        assertThat(diagnosis.findings())
                .hasSize(Checks.ALL.size())
                .allSatisfy(finding -> assertThat(finding.answer().state())
                        .as(finding.check() + ": " + finding.answer().message())
                        .isEqualTo(State.OK));
        assertThat(Checks.ALL.stream().map(Check::id)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"RUNTIME_CLASSES", "CONSOLE_CERTIFICATE", "SECOND_LAYER"})
    void whatMayNotBeReadIsUnknownByTheMissingRight(Source source) {
        cluster.forbidden(source);

        Diagnosis diagnosis = Diagnosis.of("https://test", cluster.facts(), Checks.ALL);

        assertThat(diagnosis.count(State.UNKNOWN))
                .as("some check depends on it")
                .isPositive();
        assertThat(diagnosis.count(State.PROBLEM))
                .as("it is no problem of the installation")
                .isZero();
        assertThat(diagnosis.findings().stream()
                        .filter(finding -> finding.answer().state() == State.UNKNOWN)
                        .map(finding -> finding.answer().remedy().orElse("")))
                .allSatisfy(remedy -> assertThat(remedy).startsWith("ask for the right to "));
    }

    @Test
    void missingWebhookEnforcesNothing() {
        cluster.put(Source.VALIDATING);

        assertAnswer(new WebhooksPresent(), State.PROBLEM, "nothing is enforced");
        assertAnswer(new FailurePolicy(), State.PROBLEM, "there is no webhook");
        assertAnswer(new Exclusions(), State.PROBLEM, "there is no webhook");
    }

    @Test
    void missingMutatingWebhookHardensNothing() {
        cluster.edit(Source.MUTATING, configuration -> configuration.putArray("webhooks"));

        assertAnswer(new WebhooksPresent(), State.PROBLEM, "pods are not hardened, but denied");
    }

    @Test
    void webhookWithoutRulesIsNotCalledYet() {
        cluster.edit(Source.VALIDATING, configuration -> webhook(configuration).remove("rules"));

        assertAnswer(new WebhooksPresent(), State.PROBLEM, "validate.bulkhead.dev has no rules yet");
        assertAnswer(new WebhooksAsInstalled(), State.OK, "");
    }

    @Test
    void whatElseWasEditedIsReportedWhileRulesArePending() {
        cluster.edit(Source.VALIDATING, configuration -> {
            webhook(configuration).remove("rules");
            webhook(configuration).put("timeoutSeconds", 30);
            ((ObjectNode) configuration.at("/webhooks/1")).putArray("rules");
            ((ObjectNode) configuration.at("/webhooks/2")).remove("rules");
        });

        assertThat(answer(new WebhooksAsInstalled()).message().split("; "))
                .containsExactlyInAnyOrder(
                        "webhook validate.bulkhead.dev: timeoutSeconds is 30, installed as 5",
                        "webhook declarations.bulkhead.dev: rules is not as installed",
                        "webhook namespaces.bulkhead.dev: rules is not as installed");
    }

    private void withSecondLayer() {
        cluster.edit(
                Source.DEPLOYMENT,
                deployment -> ((ObjectNode) deployment.at("/spec/template/spec/containers/0"))
                        .withArrayProperty("env")
                        .addObject()
                        .put("name", "BULKHEAD_CLUSTER_SECOND_LAYER")
                        .put("value", "2"));
    }

    @Test
    void secondLayerThatIsOffIsNotCompared() {
        assertAnswer(new SecondLayerInStep(), State.OK, "not installed");
    }

    @Test
    void secondLayerWithoutItsBindingsIsNotInStep() {
        withSecondLayer();

        assertAnswer(
                new SecondLayerInStep(),
                State.PROBLEM,
                "bulkhead-built-in-deny (policy built-in) is not in the second layer: its binding is missing");
    }

    @Test
    void secondLayerNeedsTheRecordOfTheWebhooks() {
        withSecondLayer();
        cluster.put(Source.RECORD);

        assertAnswer(new SecondLayerInStep(), State.PROBLEM, "does not record");
    }

    @Test
    void secondLayerThatMayNotBeReadIsUnknown() {
        withSecondLayer();
        cluster.forbidden(Source.SECOND_LAYER);

        assertAnswer(new SecondLayerInStep(), State.UNKNOWN, "you may not list validatingadmissionpolicies");
    }

    @Test
    void editedWebhookIsNamedByItsField() {
        cluster.edit(Source.VALIDATING, configuration -> webhook(configuration).put("timeoutSeconds", 30));

        assertAnswer(
                new WebhooksAsInstalled(),
                State.PROBLEM,
                "webhook validate.bulkhead.dev: timeoutSeconds is 30, installed as 5");
    }

    @Test
    void withoutTheRecordNothingIsCompared() {
        cluster.put(Source.RECORD);

        assertAnswer(new WebhooksAsInstalled(), State.WARNING, "neither reported nor reverted");
    }

    @Test
    void ignoreIsAProblemWhereItWasLeftToBulkhead() {
        cluster.edit(Source.VALIDATING, configuration -> webhook(configuration).put("failurePolicy", "Ignore"));

        assertAnswer(new FailurePolicy(), State.PROBLEM, "Ignore although a policy enforces");
    }

    @Test
    void ignoreIsAWarningWhereTheInstallerChoseIt() {
        cluster.edit(Source.VALIDATING, configuration -> webhook(configuration).put("failurePolicy", "Ignore"));
        cluster.edit(
                Source.RECORD,
                record -> ((ObjectNode) record.path("data"))
                        .put(
                                "webhooks.yaml",
                                "{kind: ValidatingWebhookConfiguration,"
                                        + " webhooks: [{name: validate.bulkhead.dev, failurePolicy: Ignore}]}"));

        assertAnswer(new FailurePolicy(), State.WARNING, "Ignore, as installed");
    }

    @Test
    void failIsAWarningWhereNothingEnforces() {
        auditOnly();

        assertAnswer(new FailurePolicy(), State.WARNING, "Fail although no policy enforces");
        cluster.edit(Source.VALIDATING, configuration -> webhook(configuration).put("failurePolicy", "Ignore"));
        assertAnswer(new FailurePolicy(), State.OK, "no policy enforces");
    }

    private void auditOnly() {
        cluster.put(Source.POLICIES, Yaml.tree("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: all, uid: p1, generation: 1}
                spec: {mode: audit}
                status: {observedGeneration: 1, state: Active}
                """));
    }

    private void tried(String expected, boolean hardened, String refusal) {
        cluster.put(
                Source.DRY_RUN,
                Yaml.tree("{namespace: default, expected: %s, hardened: %s, refusal: %s}"
                        .formatted(expected, hardened, Yaml.quote(refusal))));
    }

    @Test
    void unhardenedPodMeansThatTheWebhookIsNotReached() {
        tried("hardened", false, "");

        assertAnswer(new Admission(), State.PROBLEM, "was not hardened in a dry run in namespace default");
    }

    @Test
    void deniedPodThatShouldBeHardenedMeansThatOnlyOneWebhookIsReached() {
        tried("hardened", false, "admission webhook \"validate.bulkhead.dev\" denied the request: no");

        assertAnswer(new Admission(), State.PROBLEM, "denied instead of hardened");
    }

    @Test
    void deniedPodIsFineWhereItIsToBeDenied() {
        tried("denied", false, "admission webhook \"validate.bulkhead.dev\" denied the request: no");
        assertAnswer(new Admission(), State.OK, "was denied");

        tried("denied", true, "");
        assertAnswer(new Admission(), State.OK, "was hardened");

        tried("denied", false, "");
        assertAnswer(new Admission(), State.PROBLEM, "was not denied");
    }

    @Test
    void failedCallIsQuoted() {
        tried(
                "hardened",
                false,
                "Internal error occurred: failed calling webhook \"validate.bulkhead.dev\": x509: certificate signed by"
                        + " unknown authority");

        assertAnswer(new Admission(), State.PROBLEM, "x509: certificate signed by unknown authority");
    }

    @Test
    void refusalOfAnotherSaysNothingAboutBulkhead() {
        tried("hardened", false, "pods \"x\" is forbidden: exceeded quota: small");

        assertAnswer(new Admission(), State.UNKNOWN, "exceeded quota");
    }

    @Test
    void nothingIsTriedWhereNothingEnforces() {
        cluster.put(Source.DRY_RUN);

        assertAnswer(new Admission(), State.OK, "not tried");
    }

    @Test
    void certificateExpires() {
        cluster.serving(madeBefore(Duration.ofDays(84)));
        assertAnswer(new Certificate(), State.WARNING, "it expires on 2026-11-30");

        cluster.serving(madeBefore(Duration.ofDays(91)));
        assertAnswer(new Certificate(), State.PROBLEM, "it expired on 2026-11-23");
    }

    @Test
    void certificateOfAnotherCaIsNotTrusted() {
        cluster.trusting(madeBefore(Duration.ZERO));

        assertAnswer(
                new Certificate(), State.PROBLEM, "the CA bundle of webhook mutate.bulkhead.dev does not trust it");
    }

    @Test
    void certificateForAnotherNameIsNotTrusted() {
        cluster.serving(KeyMaterial.create(List.of("other.example"), Clock.fixed(Cluster.NOW, ZoneOffset.UTC)));

        assertAnswer(new Certificate(), State.PROBLEM, "it is not for bulkhead.bulkhead-system.svc");
    }

    @Test
    void emptySecretHoldsNoCertificate() {
        cluster.put(Source.CERTIFICATE, Yaml.tree("{kind: Secret}"));

        assertAnswer(new Certificate(), State.PROBLEM, "the Secret bulkhead-certificate holds no certificate");
    }

    @Test
    void caBundleExpiresOrIsMissing() {
        cluster.trusting(madeBefore(Duration.ofDays(355)));
        assertAnswer(new CaBundle(), State.WARNING, "expires on");

        cluster.trusting(madeBefore(Duration.ofDays(366)));
        assertAnswer(new CaBundle(), State.PROBLEM, "expired on");

        cluster.edit(
                Source.VALIDATING,
                configuration -> ((ObjectNode) webhook(configuration).path("clientConfig")).put("caBundle", "!"));
        assertAnswer(new CaBundle(), State.PROBLEM, "webhook validate.bulkhead.dev has no CA bundle");
    }

    @Test
    void replicasThatAreNotReady() {
        cluster.edit(Source.DEPLOYMENT, deployment -> ((ObjectNode) deployment.path("status")).put("readyReplicas", 1));
        assertAnswer(new Replicas(), State.WARNING, "1 of 2 are ready");

        cluster.edit(Source.DEPLOYMENT, deployment -> deployment.remove("status"));
        assertAnswer(new Replicas(), State.PROBLEM, "none of 2 is ready");

        cluster.put(Source.DEPLOYMENT);
        assertAnswer(new Replicas(), State.PROBLEM, "there is no Deployment of Bulkhead in namespace bulkhead-system");
    }

    @Test
    void singleReplicaIsAWarning() {
        cluster.edit(Source.DEPLOYMENT, deployment -> {
            ((ObjectNode) deployment.path("spec")).put("replicas", 1);
            ((ObjectNode) deployment.path("status")).put("readyReplicas", 1);
        });

        assertAnswer(new Replicas(), State.WARNING, "there is only one");
    }

    @Test
    void replicasOnOneNodeAreAWarning() {
        cluster.put(Source.PODS, Cluster.pod("node-a"), Cluster.pod("node-a"));

        assertAnswer(new Spread(), State.WARNING, "all replicas run on node node-a");
    }

    @Test
    void withoutABudgetAllMayBeEvicted() {
        cluster.put(Source.BUDGETS);

        assertAnswer(new DisruptionBudget(), State.WARNING, "no PodDisruptionBudget");
    }

    @Test
    void serviceWithoutReadyEndpointsLeadsNowhere() {
        cluster.put(Source.ENDPOINTS, Yaml.tree("endpoints: [{addresses: [10.0.0.1], conditions: {ready: false}}]"));
        assertAnswer(new Endpoints(), State.PROBLEM, "no ready endpoint");

        cluster.put(Source.SERVICE);
        assertAnswer(new Endpoints(), State.PROBLEM, "the Service bulkhead is missing");
    }

    @Test
    void differentVersionsAreAWarning() {
        cluster.edit(
                Source.DEFINITIONS,
                definition ->
                        ((ObjectNode) definition.at("/metadata/labels")).put("app.kubernetes.io/version", "0.0.9"));
        assertAnswer(
                new Versions(),
                State.WARNING,
                "versions differ: 0.0.9 of CustomResourceDefinition leastprivilegepolicies.bulkhead.dev; ");

        JsonNode other = Cluster.pod("node-b");
        ((ObjectNode) other.at("/spec/containers/0")).put("image", "bulkhead:2");
        cluster.put(Source.PODS, Cluster.pod("node-a"), other);
        assertAnswer(new Versions(), State.WARNING, "the replicas run different images: bulkhead:1, bulkhead:2");
    }

    @Test
    void leaseThatWasNotRenewedMeansThatNobodyLeads() {
        cluster.edit(
                Source.LEASE,
                lease -> ((ObjectNode) lease.path("spec")).put("renewTime", "2026-11-24T11:58:44.000000Z"));
        assertAnswer(new Leader(), State.PROBLEM, "no replica leads");

        cluster.put(Source.LEASE);
        assertAnswer(new Leader(), State.PROBLEM, "no replica has ever led");
    }

    @Test
    void clocksMayDifferByAMinute() {
        for (String renewed : List.of("2026-11-24T11:58:46.000000Z", "2026-11-24T12:01:00.000000Z")) {
            cluster.edit(Source.LEASE, lease -> ((ObjectNode) lease.path("spec")).put("renewTime", renewed));

            assertAnswer(new Leader(), State.OK, "replica bulkhead-0 leads");
        }
    }

    @Test
    void missingRightsAreNamed() {
        cluster.put(Source.RIGHTS, Yaml.tree("""
                spec: {resourceAttributes: {verb: patch, group: bulkhead.dev, resource: exemptions, subresource: status}}
                status: {allowed: false}
                """));

        assertAnswer(
                Rights.ofGate(),
                State.PROBLEM,
                "system:serviceaccount:bulkhead-system:bulkhead may not patch exemptions.bulkhead.dev/status");
    }

    @Test
    void consoleIsOptional() {
        cluster.edit(Source.CONSOLE, deployment -> deployment.remove("status"));
        assertAnswer(new Console(), State.WARNING, "it is not ready");

        cluster.edit(Source.CONSOLE, deployment -> ((ObjectNode) deployment.path("spec")).put("replicas", 0));
        assertAnswer(new Console(), State.WARNING, "it is scaled to 0");

        cluster.put(Source.CONSOLE);
        assertAnswer(new Console(), State.OK, "not installed");
        assertAnswer(Rights.ofConsole(), State.OK, "not installed");
        assertAnswer(new ConsoleCertificate(), State.OK, "none is set");
    }

    @Test
    void missingRightsOfTheConsoleAreNamed() {
        cluster.put(Source.CONSOLE_RIGHTS, Yaml.tree("""
                spec: {resourceAttributes: {verb: list, group: apps, resource: deployments}}
                status: {allowed: false}
                """));

        assertAnswer(
                Rights.ofConsole(),
                State.WARNING,
                "system:serviceaccount:bulkhead-system:bulkhead-console may not list deployments.apps");
        assertAnswer(Rights.ofGate(), State.OK, "its account may do all");
    }

    @Test
    void certificateOfTheConsoleIsThereAndValid() {
        assertAnswer(new ConsoleCertificate(), State.OK, "none is set");

        KeyMaterial material = KeyMaterial.create(List.of("console.example"), Clock.fixed(Cluster.NOW, ZoneOffset.UTC));
        cluster.consoleServing(material);
        assertAnswer(new ConsoleCertificate(), State.OK, "it is valid until ");

        cluster.put(Source.CONSOLE_CERTIFICATE);
        assertAnswer(new ConsoleCertificate(), State.WARNING, "the Secret console-cert holds no certificate");

        cluster.consoleServing(KeyMaterial.create(
                List.of("console.example"), Clock.fixed(Instant.parse("2016-01-01T00:00:00Z"), ZoneOffset.UTC)));
        assertAnswer(new ConsoleCertificate(), State.WARNING, "it expired on ");

        cluster.forbidden(Source.CONSOLE_CERTIFICATE);
        assertThat(Diagnosis.of("https://test", cluster.facts(), List.of(new ConsoleCertificate()))
                        .count(State.UNKNOWN))
                .isEqualTo(1);
    }

    @Test
    void missingDefinitionIsAProblem() {
        cluster.edit(Source.DEFINITIONS, definition -> definition.remove("status"));

        assertAnswer(new Definitions(), State.PROBLEM, "missing or not established");
    }

    @Test
    void supportedVersionsOfKubernetes() {
        cluster.put(Source.VERSION, Yaml.tree("{minor: '29+', gitVersion: v1.29.1}"));
        assertAnswer(new ApiServerVersion(), State.PROBLEM, "v1.29.1 is older than 1.30");

        cluster.put(Source.VERSION, Yaml.tree("{minor: '99', gitVersion: v1.99.0}"));
        assertAnswer(new ApiServerVersion(), State.WARNING, "v1.99.0 is newer than");
    }

    @Test
    void exclusionsAreListed() {
        cluster.edit(Source.VALIDATING, configuration -> {
            ObjectNode webhook = webhook(configuration);
            ArrayNode expressions = (ArrayNode) webhook.at("/namespaceSelector/matchExpressions");
            ((ArrayNode) expressions.get(0).path("values")).add("legacy");
            expressions.add(Yaml.tree("{key: unchecked, operator: NotIn, values: ['yes']}"));
            webhook.set("objectSelector", Yaml.tree("{matchLabels: {app: web}}"));
            webhook.set("matchConditions", Yaml.tree("[{name: not-kubelet, expression: 'true'}]"));
        });

        assertAnswer(
                new Exclusions(),
                State.WARNING,
                "namespaces legacy; namespaces by label, unless unchecked NotIn (yes); objects without label app=web;"
                        + " what does not meet the condition not-kubelet");
    }

    @Test
    void namespacesThatNothingProtectsAreListed() {
        auditOnly();
        assertAnswer(new Coverage(), State.WARNING, "not even a privileged pod is denied in 1: default");

        cluster.put(Source.POLICIES, Yaml.tree("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: tenants, uid: p1, generation: 1}
                spec: {match: {excludeNamespaces: [default]}}
                """));
        assertAnswer(new Coverage(), State.WARNING, "of 1 namespaces, no policy is for 1: default");
    }

    @Test
    void invalidAndUnseenPolicies() {
        cluster.put(Source.POLICIES, Yaml.tree("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: tenants, uid: p1, generation: 2}
                spec: {profile: restricted}
                status: {observedGeneration: 1}
                """));
        assertAnswer(new Policies(), State.WARNING, "changed since the leader wrote their status: tenants");

        cluster.edit(Source.POLICIES, policy -> ((ObjectNode) policy.path("spec")).put("profile", "strictest"));
        assertAnswer(new Policies(), State.PROBLEM, "tenants (");
    }

    @Test
    void exemptionsWithoutEffect() {
        cluster.put(
                Source.EXEMPTIONS,
                Yaml.tree(EXEMPTION.formatted("bulkhead-system", "'2026-11-20T00:00:00Z'")),
                Yaml.tree(EXEMPTION.formatted("monitoring", "'2027-03-01T00:00:00Z'")),
                Yaml.tree(EXEMPTION.formatted("bulkhead-system", "tomorrow")));

        assertAnswer(
                new Exemptions(),
                State.WARNING,
                "invalid: bulkhead-system/exporter; in a namespace whose exemptions do not count: monitoring/exporter;"
                        + " expired: bulkhead-system/exporter");
    }

    @Test
    void exemptionsThatExpireSoonNameTheirOwner() {
        cluster.put(Source.EXEMPTIONS, Yaml.tree(EXEMPTION.formatted("bulkhead-system", "'2026-12-01T00:00:00Z'")));

        assertAnswer(new ExpiringExemptions(), State.WARNING, "exporter on 2026-12-01 (team-a)");
        assertAnswer(new Exemptions(), State.OK, "1 in force");
    }

    @Test
    void exemptionsThatAreNotUsed() {
        cluster.put(Source.EXEMPTIONS, Yaml.tree(EXEMPTION.formatted("bulkhead-system", "'2027-02-01T00:00:00Z'")));
        assertAnswer(new UnusedExemptions(), State.WARNING, "not used for 30 days: bulkhead-system/exporter");

        cluster.edit(
                Source.EXEMPTIONS,
                exemption -> exemption.set("status", Yaml.tree("{lastUsed: '2026-11-23T00:00:00Z'}")));
        assertAnswer(new UnusedExemptions(), State.OK, "each was used");
    }

    @Test
    void workloadsThatDoNotStartAreNamed() {
        cluster.put(
                Source.START_FAILURES, Yaml.tree("{involvedObject: {kind: Deployment, namespace: shop, name: web}}"));

        assertAnswer(new StartFailures(), State.WARNING, "shop/Deployment/web");
    }

    @Test
    void laterWebhooksNeedReinvocation() {
        ObjectNode istio = (ObjectNode) Yaml.tree("""
                metadata: {name: istio-sidecar-injector}
                webhooks: [{rules: [{apiGroups: [''], resources: [pods], operations: [CREATE]}]}]
                """);
        cluster.put(Source.ALL_MUTATING, istio);
        assertAnswer(new OtherWebhooks(), State.OK, "called again after those that change pods later: istio");

        cluster.edit(
                Source.DEPLOYMENT,
                deployment -> ((ObjectNode) deployment.at("/spec/template/spec/containers/0"))
                        .withArrayProperty("env")
                        .addObject()
                        .put("name", "BULKHEAD_CLUSTER_SPARE_MUTATE_CALLS")
                        .put("value", "true"));
        assertAnswer(new OtherWebhooks(), State.WARNING, "no call of /mutate is spared, because");
        cluster.edit(
                Source.MUTATING,
                configuration -> webhook(configuration)
                        .withArrayProperty("matchConditions")
                        .addObject()
                        .put("name", "lacks-what-policies-fill-in"));
        assertAnswer(new OtherWebhooks(), State.OK, "called again after those that change pods later: istio");

        cluster.edit(Source.MUTATING, configuration -> webhook(configuration).put("reinvocationPolicy", "Never"));
        assertAnswer(new OtherWebhooks(), State.WARNING, "is not hardened, but denied: istio");

        istio.putObject("metadata").put("name", "a-first");
        assertAnswer(new OtherWebhooks(), State.OK, "none changes pods after Bulkhead");
    }

    @Test
    void listsOfNamesStayShort() {
        cluster.put(
                Source.NAMESPACES,
                Stream.iterate(0, n -> n + 1)
                        .limit(40)
                        .map(n -> Cluster.namespace("team-" + (char) ('a' + n / 26) + (char) ('a' + n % 26)))
                        .toArray(JsonNode[]::new));
        auditOnly();

        assertAnswer(new Coverage(), State.WARNING, "in 40: team-aa, team-ab, team-ac, team-ad, team-ae and 35 more");
    }

    @Test
    void worstComesFirst() {
        cluster.put(Source.BUDGETS).put(Source.LEASE).forbidden(Source.RIGHTS);

        Diagnosis diagnosis = Diagnosis.of("https://test", cluster.facts(), Checks.ALL);

        assertThat(diagnosis.findings().stream()
                        .map(finding -> finding.answer().state())
                        .distinct())
                .containsExactly(State.PROBLEM, State.UNKNOWN, State.WARNING, State.OK);
        Map<State, Long> counts = diagnosis.findings().stream()
                .collect(Collectors.groupingBy(finding -> finding.answer().state(), Collectors.counting()));
        counts.forEach((state, count) -> assertThat(diagnosis.count(state)).isEqualTo(count));
    }
}
