package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.CWE;

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
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.function.Consumer;

/**
 * Every child process inherits a Secret in an environment variable. It appears in {@code /proc/PID/environ}, in crash
 * reports and in whatever prints the environment, and keeps its old value until the container restarts.
 *
 * <p>Fields: {@code env[*].valueFrom.secretKeyRef} and {@code envFrom[*].secretRef} of every container. Allowed: absent;
 * Secrets mounted as files. Versions: all.
 */
final class SecretRefsInEnv extends BulkheadRule {
    SecretRefsInEnv() {
        super(
                RuleInfo.bulkhead(
                        "secretRefsInEnv",
                        Layer.SECRETS,
                        Severity.LOW,
                        "Secret handed over as an environment variable",
                        "Secrets should reach a container as files, not as environment variables.",
                        CIS.control("5.4.1", "Prefer using Secrets as files over Secrets as environment variables"),
                        CWE.control("526", "Cleartext Storage of Sensitive Information in an Environment Variable")),
                RuleAction.of(Action.AUDIT),
                RuleAction.of(Action.WARN));
    }

    private static final CelCheck CEL =
            CelCheck.fix("mount the Secret as a volume instead").containers("""
                    (c.?env.orValue([]).filter(e, e.?valueFrom.?secretKeyRef.hasValue())
                      .map(e, e.valueFrom.secretKeyRef.?name.orValue(''))
                    + c.?envFrom.orValue([]).filter(e, e.?secretRef.hasValue())
                      .map(e, e.secretRef.?name.orValue('')))""");

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (Container container : pod.containers()) {
            for (Field variable : container.env()) {
                check(container, variable.get("valueFrom").get("secretKeyRef"), found);
            }
            for (Field source : container.field().get("envFrom").items()) {
                check(container, source.get("secretRef"), found);
            }
        }
    }

    private void check(Container container, Field reference, Consumer<Finding> found) {
        if (reference.isPresent()) {
            found.accept(Finding.unsafe(
                    this,
                    Subject.of(container),
                    reference,
                    reference.get("name").textOrEmpty()));
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary(
                "Secrets in env",
                Wording.containers(findings) + " must not take "
                        + Wording.named("Secret", Wording.sorted(Finding.values(findings)))
                        + " as environment variables");
    }

    @Override
    public String message(Finding finding) {
        String secret = Wording.named("Secret", List.of(finding.value()));
        String who = Wording.containers(List.of(finding));
        if (isWhole(finding)) {
            return who + " must not take all of " + secret + " as environment variables";
        }
        String variable = finding.place()
                .parent()
                .flatMap(Field::parent)
                .map(env -> env.get("name").textOrEmpty())
                .orElse("");
        return who + " must not take " + secret + " as environment variable " + Wording.quoted(List.of(variable));
    }

    private static boolean isWhole(Finding finding) {
        return finding.place().name().equals("secretRef");
    }

    @Override
    public Remedy remedy(Finding finding) {
        Field inItem =
                isWhole(finding) ? finding.place() : finding.place().parent().orElseThrow();
        return Remedy.of(
                "mount the Secret as a volume and have the program read the file, whose path a variable such as"
                        + " PASSWORD_FILE may name; then remove the "
                        + (isWhole(finding) ? "entry of envFrom" : "variable"),
                new Edit.Remove(inItem.parent().orElseThrow()));
    }
}
