package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.reach.Reached.Kind;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import dev.bulkhead.engine.workload.Volume;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The credentials in a pod, without those for the Kubernetes API: by the names of variables and Secrets, never by value. */
final class Credentials {
    /** docs: secrets-store-csi-driver.sigs.k8s.io; the volume holds what an external store keeps. */
    private static final String SECRETS_STORE = "secrets-store.csi.k8s.io";

    private final Map<String, Volume> volumes = new HashMap<>();

    Credentials(Pod pod) {
        pod.volumes().forEach(volume -> volumes.putIfAbsent(volume.name(), volume));
    }

    /** A literal credential in a variable, which the rule secretsInEnv has found. */
    static Reached literal(Finding finding) {
        String variable = SafeText.line(finding.value());
        return new Reached(
                Kind.CREDENTIAL,
                Severity.HIGH,
                finding.subject().asContainer().map(Container::name),
                finding.place().pointer(),
                variable,
                "has a credential in variable " + Wording.quoted(List.of(variable))
                        + ", which everyone who may read the workload sees as well",
                Optional.empty());
    }

    /** Passes on the Secrets that the container has in variables and volumes. */
    void find(Container container, Consumer<Reached> found) {
        Map<String, Field> secrets = new LinkedHashMap<>();
        for (Field variable : container.env()) {
            add(secrets, variable.get("valueFrom").get("secretKeyRef"), "name");
        }
        for (Field source : container.field().get("envFrom").items()) {
            add(secrets, source.get("secretRef"), "name");
        }
        for (Field mount : container.volumeMounts()) {
            Volume volume = volumes.get(mount.get("name").textOrEmpty());
            if (volume != null) {
                add(secrets, volume.source("secret"), "secretName");
                for (Field source : volume.source("projected").get("sources").items()) {
                    add(secrets, source.get("secret"), "name");
                }
                Field csi = volume.source("csi");
                if (csi.isPresent() && csi.get("driver").textOrEmpty().equals(SECRETS_STORE)) {
                    found.accept(
                            reached(container, csi, volume.name(), "reads what a secrets store keeps, in volume "));
                }
            }
        }
        secrets.forEach((name, place) -> found.accept(reached(container, place, name, "reads Secret ")));
    }

    private static void add(Map<String, Field> secrets, Field source, String member) {
        if (source.isPresent()) {
            secrets.putIfAbsent(SafeText.line(source.get(member).textOrEmpty()), source);
        }
    }

    private static Reached reached(Container container, Field place, String name, String reads) {
        return new Reached(
                Kind.CREDENTIAL,
                Severity.MEDIUM,
                Optional.of(container.name()),
                place.pointer(),
                name,
                reads + Wording.quoted(List.of(name)),
                Optional.empty());
    }
}
