package dev.bulkhead.app.cluster.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.evaluation.EvaluatedWorkload;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.workload.KubernetesKind;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ReducedObjectTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web-5d5b7c9f7c-%1$s
              generateName: web-5d5b7c9f7c-
              namespace: shop
              uid: uid-%1$s
              resourceVersion: "%1$s7"
              creationTimestamp: "2026-11-01T00:00:00Z"
              labels: {app: web, pod-template-hash: 5d5b7c9f7c}
              annotations:
                kubectl.kubernetes.io/last-applied-configuration: "{%1$s}"
                cni.projectcalico.org/podIP: 10.0.0.%1$s/32
                bulkhead.dev/scratch: /data
              managedFields: [{manager: kubelet-%1$s}]
              ownerReferences:
              - {apiVersion: apps/v1, kind: ReplicaSet, name: web-5d5b7c9f7c, uid: rs, controller: true}
            spec:
              nodeName: node-%1$s
              hostname: web-%1$s
              tolerations: [{key: a}]
              containers:
              - name: web
                image: web:1
                resources: {limits: {cpu: 1}}
                volumeMounts: [{name: kube-api-access-%1$s, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]
              volumes:
              - {name: kube-api-access-%1$s, projected: {sources: [{serviceAccountToken: {path: token}}]}}
            status: {phase: Running, podIP: 10.0.0.%1$s}
            """;

    /** What is left out changes no verdict, whatever a rule reads. */
    @TestFactory
    Stream<DynamicTest> reducedPodHasTheVerdictOfThePod() throws IOException {
        List<Path> pods;
        try (Stream<Path> files = Files.walk(FIXTURES)) {
            pods = files.filter(file -> file.endsWith("pod.yaml")).sorted().toList();
        }
        assertThat(pods).hasSizeGreaterThan(300);
        return pods.stream()
                .map(file -> dynamicTest(FIXTURES.relativize(file).toString(), () -> {
                    ObjectNode pod = Yaml.file(file).deepCopy();
                    for (Profile profile :
                            List.of(Profile.LEAST_PRIVILEGE, profile("restricted"), profile("sandboxed"))) {
                        assertThat(verdict(reduced(pod), profile)).isEqualTo(verdict(pod, profile));
                    }
                }));
    }

    private static Profile profile(String name) {
        return Profile.parse(name).orElseThrow();
    }

    private static JsonNode reduced(ObjectNode pod) {
        return ReducedObject.of(ScannedKind.POD, pod.deepCopy())
                .content()
                .orElseThrow()
                .tree();
    }

    private static List<String> verdict(JsonNode pod, Profile profile) {
        EvaluatedWorkload evaluated = new WorkloadEvaluation(
                        PolicySet.of(profile), Evaluations.CLUSTER, Evaluations.NOW)
                .asRecreated(WorkloadKinds.builtIn().find(pod.deepCopy()).orElseThrow(), Namespace.named("shop"));
        return Stream.concat(
                        Stream.of(
                                evaluated.verdict().outcome().toString(),
                                evaluated.verdict().patch().toJson().toString()),
                        Stream.concat(
                                evaluated.verdict().notes().stream().map(note -> note.message()),
                                evaluated.verdict().findings().stream()
                                        .map(found -> found.action() + " "
                                                + found.finding().rule().id() + " "
                                                + found.finding().place() + " "
                                                + found.finding().value())))
                .toList();
    }

    @Test
    void podsOfAReplicaSetDifferInNothingThatIsKept() {
        ReducedObject one = pod("aaaaa");
        ReducedObject other = pod("bbbbb");

        assertThat(one.uid()).isNotEqualTo(other.uid());
        assertThat(one.content()).isPresent().isEqualTo(other.content());
    }

    @Test
    void keepsWhatRulesAndExemptionsReadOfTheMetadata() {
        JsonNode metadata = pod("aaaaa").content().orElseThrow().tree().path("metadata");

        assertThat(metadata).isEqualTo(Yaml.tree("""
                namespace: shop
                labels: {app: web, pod-template-hash: 5d5b7c9f7c}
                annotations: {cni.projectcalico.org/podIP: "", bulkhead.dev/scratch: /data}
                ownerReferences:
                - {apiVersion: apps/v1, kind: ReplicaSet, name: web-5d5b7c9f7c, controller: true}
                """));
    }

    @Test
    void podsThatHaveEndedAreNotEvaluated() {
        for (String phase : List.of("Succeeded", "Failed")) {
            ObjectNode pod =
                    Yaml.tree(POD.formatted("aaaaa").replace("Running", phase)).deepCopy();

            assertThat(ReducedObject.of(ScannedKind.POD, pod).content()).isEmpty();
        }
    }

    @Test
    void replicaSetOfADeploymentIsNoWorkloadOfItsOwn() {
        ObjectNode replicaSet = Yaml.tree("""
                metadata:
                  name: web-1
                  namespace: shop
                  uid: rs
                  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d, controller: true}]
                spec: {template: {spec: {containers: [{name: web, image: web}]}}}
                """).deepCopy();

        assertThat(ReducedObject.of(ScannedKind.of(KubernetesKind.REPLICA_SET), replicaSet)
                        .content())
                .isEmpty();
    }

    private static ReducedObject pod(String suffix) {
        return ReducedObject.of(
                ScannedKind.POD, Yaml.tree(POD.formatted(suffix)).deepCopy());
    }
}
