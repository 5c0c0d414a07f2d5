package dev.bulkhead.engine.export;

import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.evaluation.WorkloadOwners;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.hostpath.HostPathCel;
import dev.bulkhead.engine.workload.ContainerKind;
import dev.bulkhead.engine.workload.KubernetesKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The variables that expressions of several rules read. */
final class SharedVariables {
    private SharedVariables() {}

    /** The labels of the namespace. */
    static Variable namespaceLabels() {
        return new Variable("namespaceLabels", "dyn(namespaceObject.metadata).?labels.orValue({})");
    }

    /** What the namespace's labels ask for. */
    static List<Variable> requestedByLabels() {
        return List.of(
                new Variable("profile", label(PolicySet.PROFILE_LABEL)),
                new Variable("mode", label(PolicySet.MODE_LABEL)));
    }

    private static String label(String key) {
        return "variables.namespaceLabels[?" + Cel.text(key) + "].orValue(" + Cel.text(PolicyPart.NONE) + ")";
    }

    /** What holds the metadata and the spec of the pod in an object {@code o}. */
    private static String template() {
        StringBuilder text = new StringBuilder();
        for (KubernetesKind kind : List.of(KubernetesKind.POD, KubernetesKind.CRON_JOB, KubernetesKind.POD_TEMPLATE)) {
            text.append("request.kind.kind == ")
                    .append(Cel.text(kind.kind()))
                    .append(" ? o")
                    .append(kind.template().stream().map(name -> "." + name).collect(Collectors.joining()))
                    .append("\n  : ");
        }
        return text.append("o.spec.template").toString();
    }

    /**
     * The pod, or the pod of the template; in an update that tolerates what was there before, also the stored one.
     *
     * @param tolerates in the update of what
     */
    static Variable pods(Tolerance tolerates, boolean withHostPaths) {
        String pod = Cel.text(KubernetesKind.POD.kind());
        String lists = Stream.of(ContainerKind.INIT, ContainerKind.REGULAR, ContainerKind.EPHEMERAL)
                .map(kind -> "t.spec.?" + kind.list() + ".orValue([])")
                .collect(Collectors.joining("\n    + "));
        String created = "[dyn(object)]";
        String updated = "[dyn(object), dyn(oldObject)]";
        String objects = switch (tolerates) {
            case NOTHING -> created;
            case IN_TEMPLATES ->
                "(request.operation == 'UPDATE' && request.kind.kind != " + pod + " ? " + updated + " : " + created
                        + ")";
            case EVERYWHERE -> "(request.operation == 'UPDATE' ? " + updated + " : " + created + ")";
        };
        String pods = objects + "\n"
                + ".map(o, " + template() + ")\n"
                + ".map(t, {\n"
                + "  'spec': dyn(t.spec),\n"
                + "  'annotations': dyn(t.?metadata.?annotations.orValue({})),\n"
                + "  'containers': dyn(" + lists + "),\n"
                + "  'volumes': dyn(t.spec.?volumes.orValue([])),\n"
                + "  'template': dyn(request.kind.kind != " + pod + "),\n"
                + "  'windows': dyn(t.spec.?os.?name.orValue('') == 'windows')\n"
                + "})";
        if (withHostPaths) {
            pods += "\n.map(p, {\n"
                    + Stream.of("spec", "annotations", "containers", "volumes", "template", "windows")
                            .map(name -> "  '" + name + "': p." + name + ",\n")
                            .collect(Collectors.joining())
                    + "  'hostPaths': dyn(" + indented(HostPathCel.volumes(), 4) + ")\n})";
        }
        return new Variable("pods", pods);
    }

    /** Where an update may keep what was wrong before. */
    enum Tolerance {
        NOTHING,
        IN_TEMPLATES,
        EVERYWHERE
    }

    /** The labels of the pod, or of the pods made from the template. */
    static Variable podLabels() {
        return new Variable(
                "podLabels", "[dyn(object)]\n.map(o, " + template() + ")\n.map(t, t.?metadata.?labels.orValue({}))[0]");
    }

    /** Whether an update of a pod changes images or adds containers; other changes leave a pod as it was judged. */
    static Variable significant() {
        String lists = Stream.of(ContainerKind.REGULAR, ContainerKind.INIT)
                .map(kind -> images("object", kind) + "\n  != " + images("oldObject", kind))
                .collect(Collectors.joining("\n|| "));
        String ephemeral = ".spec.?" + ContainerKind.EPHEMERAL.list() + ".orValue([])";
        return new Variable(
                "significant",
                "request.operation != 'UPDATE'\n|| request.kind.kind != " + Cel.text(KubernetesKind.POD.kind())
                        + "\n|| "
                        + lists + "\n|| !dyn(object)" + ephemeral + ".all(c, dyn(oldObject)" + ephemeral
                        + "\n  .exists(o, o.name == c.name && o.?image.orValue('') == c.?image.orValue('')))");
    }

    private static String images(String object, ContainerKind kind) {
        return "dyn(" + object + ").spec.?" + kind.list() + ".orValue([]).map(c, c.?image.orValue(''))";
    }

    /** The object itself, and what made it where a controller of Kubernetes says so, as {@code KIND/NAME}. */
    static Variable identities() {
        String owners = "dyn(object).metadata.?ownerReferences.orValue([]).filter(r, r.?controller.orValue(false))";
        String hash = "dyn(object).metadata.?labels[?'pod-template-hash'].orValue('')";
        String controllers =
                Cel.lines(WorkloadOwners.controllers().stream().sorted().toList(), 2);
        return new Variable(
                "identities",
                "[request.kind.kind + '/' + dyn(object).metadata.?name.orValue('')]\n"
                        + "+ (request.userInfo.?username.orValue('') in " + controllers + "\n"
                        + "  ? " + owners + "\n"
                        + "      .map(r, string(r.kind) + '/' + r.name)\n"
                        + "    + " + owners + "\n"
                        + "      .filter(r, r.kind == " + Cel.text(KubernetesKind.REPLICA_SET.kind()) + " && " + hash
                        + " != ''\n        && r.name.endsWith('-' + " + hash + "))\n"
                        + "      .map(r, " + Cel.text(KubernetesKind.DEPLOYMENT.kind() + "/")
                        + " + r.name.substring(0, r.name.size() - " + hash + ".size() - 1))\n"
                        + "    + " + owners + "\n"
                        + "      .filter(r, r.kind == " + Cel.text(KubernetesKind.JOB.kind())
                        + " && r.name.matches('^.+-[0-9]*$'))\n"
                        + "      .map(r, " + Cel.text(KubernetesKind.CRON_JOB.kind() + "/")
                        + " + r.name.substring(0, r.name.lastIndexOf('-')))\n"
                        + "  : [])");
    }

    /**
     * Whether an exemption is in force for the object. CEL has no clock; the API server writes the time into an object that
     * is being created before it evaluates policies.
     */
    static Variable exemption(String name, Exemption exemption) {
        return new Variable(
                name,
                isFor(exemption) + "\n&& dyn(object).metadata.?creationTimestamp.optMap(t, timestamp(t) < timestamp("
                        + Cel.text(exemption.expires().toString()) + ")).orValue(false)");
    }

    /** Whether an exemption is for the object, whether or not it has expired. */
    static String isFor(Exemption exemption) {
        List<String> conditions = new ArrayList<>();
        conditions.add("request.namespace in " + Cel.set(exemption.match().namespaces()));
        if (!exemption.match().workloads().isEmpty()) {
            conditions.add("variables.identities.exists(i, i in "
                    + Cel.list(exemption.match().workloads().stream()
                            .sorted()
                            .map(owner -> owner.kind() + "/" + owner.name())
                            .toList())
                    + ")");
        }
        return Conditions.and(conditions);
    }

    static String indented(String text, int spaces) {
        return text.replace("\n", "\n" + " ".repeat(spaces));
    }
}
