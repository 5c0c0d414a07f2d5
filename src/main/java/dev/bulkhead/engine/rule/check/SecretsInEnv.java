package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.CWE;
import static dev.bulkhead.engine.rule.Standard.NSA_CISA;

import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.rule.secret.Placeholders;
import dev.bulkhead.engine.rule.secret.SecretNames;
import dev.bulkhead.engine.rule.secret.SecretValues;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A credential in a manifest is readable by everyone who can read pods. It is stored in etcd, in Git and in the logs of
 * whatever prints its environment.
 *
 * <p>Fields: {@code env[].name} and {@code env[].value} of every container. Allowed: a value that is no credential,
 * neither by the variable's name ({@link SecretNames}) nor by its own form ({@link SecretValues}); {@code valueFrom}.
 * Versions: all.
 *
 * <p>A finding names the variable and says how the credential was recognised. It never contains the credential itself.
 */
final class SecretsInEnv extends BulkheadRule {
    /** No form of a credential is shorter than a login such as {@code a/b@//}. */
    private static final int SHORTEST_FORM = 6;

    /** About as many characters as are read in the time of one step. */
    private static final int CHARACTERS_PER_STEP = 16;

    public SecretsInEnv() {
        super(
                RuleInfo.bulkhead(
                        "secretsInEnv",
                        Layer.SECRETS,
                        Severity.HIGH,
                        "Credential written into the environment",
                        "No credential may stand as a literal value in a container's environment.",
                        NSA_CISA.control("Secrets"),
                        CWE.control("526", "Cleartext Storage of Sensitive Information in an Environment Variable")),
                RuleAction.of(Action.WARN),
                RuleAction.of(Action.DENY));
    }

    private static final CelCheck CEL = CelCheck.inexpressible(
            "whether a text is a credential is decided by tables of names and forms, and by checksums");

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (Container container : pod.containers()) {
            for (Field variable : container.env()) {
                String name = variable.get("name").textOrEmpty();
                Field value = variable.get("value");
                context.work().steps(1 + value.textOrEmpty().length() / CHARACTERS_PER_STEP);
                if (recognise(name, value.textOrEmpty()).isPresent()) {
                    found.accept(Finding.unsafe(this, Subject.of(container), value, name));
                }
            }
        }
    }

    /** How the credential was recognised; empty if there is none. */
    private static Optional<String> recognise(String name, String value) {
        if (value.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> form = value.length() < SHORTEST_FORM ? Optional.empty() : SecretValues.find(value);
        if (form.isPresent()) {
            return form;
        }
        if (SecretNames.isCredential(name) && !Placeholders.isNoCredential(value) && !isSetting(name, value)) {
            return Optional.of("by its name");
        }
        return SecretValues.findFor(name, value);
    }

    /** Whether the variable only says where or how to get a credential. */
    private static boolean isSetting(String name, String value) {
        return (Placeholders.isMode(value) && SecretNames.mayNameMode(name))
                || (SecretNames.mayNameObject(name)
                        && Placeholders.isObjectName(value, SecretNames.endsWith(name, "KEY")));
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        Set<String> variables = new LinkedHashSet<>();
        for (Finding finding : findings) {
            String how =
                    recognise(finding.value(), finding.place().textOrEmpty()).orElse("by its name");
            variables.add('"' + finding.value() + "\" (" + how + ")");
        }
        return new PodSummary(
                "credentials in env",
                Wording.containers(findings) + " must not hold credentials in env: " + String.join(", ", variables));
    }

    @Override
    public Remedy remedy(Finding finding) {
        return Remedy.of(
                "mount it from a Secret as a file and remove \"" + finding.value()
                        + "\" from env, or as second best set its valueFrom.secretKeyRef in place of value;"
                        + " then replace the credential, since the manifest has made it known",
                new Edit.Remove(finding.place().parent().orElseThrow()));
    }
}
