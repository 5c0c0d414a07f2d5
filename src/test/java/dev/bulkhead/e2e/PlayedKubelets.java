package dev.bulkhead.e2e;

import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Plays scheduler and kubelets of a control plane that has no nodes: every pod is placed on one and said to run. */
final class PlayedKubelets {
    private static final List<String> NODES = List.of("node-1", "node-2", "node-3");

    /** As whom images run whose manifest does not say. */
    private static final Map<String, Long> USERS = Map.of(
            "grafana/grafana", 472L,
            "redis", 999L,
            "postgres", 999L,
            "opensearchproject/opensearch", 1000L,
            "registry.example.com/shop/catalog", 10001L,
            "apache/kafka", 1000L,
            "apache/airflow", 50000L,
            "quay.io/jetstack/cert-manager-controller", 1000L,
            "registry.k8s.io/kube-state-metrics/kube-state-metrics", 65534L,
            "renovate/renovate", 12021L);

    private final ControlPlane plane;
    private final String start = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();

    PlayedKubelets(ControlPlane plane) {
        this.plane = plane;
    }

    /** Until every workload has the pods that it wants. */
    void runAll() {
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(Files.readString(plane.kubeconfig())))
                .build()) {
            NODES.forEach(this::create);
            ControlPlane.await("pods that run", () -> {
                client.pods().inAnyNamespace().list().getItems().stream()
                        .filter(pod -> !"Running".equals(pod.getStatus().getPhase()))
                        .forEach(pod -> tryToRun(client, pod));
                return isComplete(client);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void create(String name) {
        plane.apply("{apiVersion: v1, kind: Node, metadata: {name: %s}}".formatted(name));
        plane.kubectl(
                "patch",
                "node",
                name,
                "--subresource=status",
                "--type=merge",
                "-p",
                "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
    }

    /** What somebody else has changed in the meantime is tried again in the next round. */
    private void tryToRun(KubernetesClient client, Pod pod) {
        try {
            run(client, pod);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    private static boolean isComplete(KubernetesClient client) {
        return Stream.of(
                        client.apps().deployments().inAnyNamespace().list().getItems().stream()
                                .map(one -> one.getSpec()
                                        .getReplicas()
                                        .equals(one.getStatus().getReadyReplicas())),
                        client.apps().statefulSets().inAnyNamespace().list().getItems().stream()
                                .map(one -> one.getSpec()
                                        .getReplicas()
                                        .equals(one.getStatus().getReadyReplicas())),
                        client.apps().daemonSets().inAnyNamespace().list().getItems().stream()
                                .map(one -> Integer.valueOf(NODES.size())
                                        .equals(one.getStatus().getNumberReady())),
                        client.batch().v1().jobs().inAnyNamespace().list().getItems().stream()
                                .map(one -> Integer.valueOf(1)
                                        .equals(one.getStatus().getReady())))
                .flatMap(ready -> ready)
                .allMatch(ready -> ready);
    }

    private void run(KubernetesClient client, Pod pod) {
        String namespace = pod.getMetadata().getNamespace();
        String name = pod.getMetadata().getName();
        if (pod.getSpec().getNodeName() == null) {
            client.bindings()
                    .inNamespace(namespace)
                    .resource(new BindingBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .withNamespace(namespace)
                            .endMetadata()
                            .withNewTarget()
                            .withKind("Node")
                            .withName(nodeOf(pod))
                            .endTarget()
                            .build())
                    .create();
        }
        client.pods()
                .inNamespace(namespace)
                .withName(name)
                .editStatus(placed -> new PodBuilder(placed)
                        .editOrNewStatus()
                        .withPhase("Running")
                        .withStartTime(start)
                        .withConditions(Stream.of("PodScheduled", "Initialized", "ContainersReady", "Ready")
                                .map(type -> new PodConditionBuilder()
                                        .withType(type)
                                        .withStatus("True")
                                        .withLastTransitionTime(start)
                                        .build())
                                .toList())
                        .withContainerStatuses(placed.getSpec().getContainers().stream()
                                .map(container -> status(placed, container))
                                .toList())
                        .endStatus()
                        .build());
    }

    /** A DaemonSet's pod says which one it is for. */
    private static String nodeOf(Pod pod) {
        return Optional.ofNullable(pod.getSpec().getAffinity())
                .map(affinity -> affinity.getNodeAffinity()
                        .getRequiredDuringSchedulingIgnoredDuringExecution()
                        .getNodeSelectorTerms()
                        .get(0)
                        .getMatchFields()
                        .get(0)
                        .getValues()
                        .get(0))
                .orElseGet(() ->
                        NODES.get(Math.floorMod(pod.getMetadata().getName().hashCode(), NODES.size())));
    }

    private ContainerStatus status(Pod pod, Container container) {
        long user = Optional.ofNullable(container.getSecurityContext())
                .map(context -> context.getRunAsUser())
                .or(() ->
                        Optional.ofNullable(pod.getSpec().getSecurityContext()).map(context -> context.getRunAsUser()))
                .orElseGet(() -> USERS.getOrDefault(container.getImage().replaceFirst(":[^:/]*$", ""), 0L));
        return new ContainerStatusBuilder()
                .withName(container.getName())
                .withImage(container.getImage())
                .withImageID("sha256:%064x".formatted(container.getImage().hashCode() & 0xffffffffL))
                .withContainerID("containerd://%064x"
                        .formatted(pod.getMetadata().getUid().hashCode() & 0xffffffffL))
                .withReady(true)
                .withStarted(true)
                .withRestartCount(0)
                .withNewState()
                .withNewRunning()
                .withStartedAt(start)
                .endRunning()
                .endState()
                .withNewUser()
                .withNewLinux()
                .withUid(user)
                .withGid(user)
                .endLinux()
                .endUser()
                .build();
    }
}
