package dev.bulkhead.engine.workload;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * The kinds of Kubernetes itself that hold a pod. This is the one list of them: what else names them (webhook rules, the
 * schema of exemptions, documentation) is tested against it.
 */
public enum KubernetesKind {
    @JsonProperty("Pod")
    POD("", "Pod", "pods", "", false),
    @JsonProperty("PodTemplate")
    POD_TEMPLATE("", "PodTemplate", "podtemplates", "template", false),
    @JsonProperty("ReplicationController")
    REPLICATION_CONTROLLER("", "ReplicationController", "replicationcontrollers", "spec/template", false),
    @JsonProperty("Deployment")
    DEPLOYMENT("apps", "Deployment", "deployments", "spec/template", true),
    @JsonProperty("ReplicaSet")
    REPLICA_SET("apps", "ReplicaSet", "replicasets", "spec/template", true),
    @JsonProperty("StatefulSet")
    STATEFUL_SET("apps", "StatefulSet", "statefulsets", "spec/template", false),
    @JsonProperty("DaemonSet")
    DAEMON_SET("apps", "DaemonSet", "daemonsets", "spec/template", true),
    @JsonProperty("Job")
    JOB("batch", "Job", "jobs", "spec/template", false),
    @JsonProperty("CronJob")
    CRON_JOB("batch", "CronJob", "cronjobs", "spec/jobTemplate/spec/template", false);

    /** Gone from the API server since 1.16; manifests still name it. */
    private static final String EXTENSIONS = "extensions";

    private final String group;
    private final String kind;
    private final String resource;
    private final String template;
    private final boolean wasInExtensions;

    KubernetesKind(String group, String kind, String resource, String template, boolean wasInExtensions) {
        this.group = group;
        this.kind = kind;
        this.resource = resource;
        this.template = template;
        this.wasInExtensions = wasInExtensions;
    }

    /** The API group that serves it. */
    public String group() {
        return group;
    }

    /** That group, and those that served it once. */
    public List<String> groups() {
        return wasInExtensions ? List.of(group, EXTENSIONS) : List.of(group);
    }

    /** The name, as in an object's {@code kind}. */
    public String kind() {
        return kind;
    }

    /** The plural, as in addresses, webhook rules and permissions. */
    public String resource() {
        return resource;
    }

    /** The members that lead to what holds the pod's metadata and spec; none where that is the object itself. */
    public List<String> template() {
        return template.isEmpty() ? List.of() : List.of(template.split("/", -1));
    }
}
