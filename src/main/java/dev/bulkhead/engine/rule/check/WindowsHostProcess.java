package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.Context;
import dev.bulkhead.engine.rule.Description;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.Level;
import dev.bulkhead.engine.rule.Phrases;
import dev.bulkhead.engine.rule.Revision;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.function.Consumer;

/**
 * A HostProcess container runs on the Windows node itself, with its file system, network and users.
 *
 * <p>Fields: {@code securityContext.windowsOptions.hostProcess} of the pod and of every container. Allowed: absent, false.
 * Versions: all.
 */
final class WindowsHostProcess extends PodSecurityCheck {
    WindowsHostProcess() {
        super("windowsHostProcess", Level.BASELINE, Layer.HOST);
    }

    @Override
    public List<Revision> revisions() {
        return Revision.only(this::check);
    }

    private void check(Pod pod, Context context, Consumer<Finding> found) {
        check(Subject.pod(), pod.securityContext(), found);
        for (Container container : pod.containers()) {
            check(Subject.of(container), container.securityContext(), found);
        }
    }

    private void check(Subject subject, Field securityContext, Consumer<Finding> found) {
        Field hostProcess = securityContext.get("windowsOptions").get("hostProcess");
        if (hostProcess.isTrue()) {
            found.accept(Finding.unsafe(this, subject, hostProcess, "true"));
        }
    }

    @Override
    public Description describe(List<Finding> findings) {
        return new Description(
                "hostProcess",
                Phrases.setters(findings) + " must not set securityContext.windowsOptions.hostProcess=true");
    }

    @Override
    public String remedy(Finding finding) {
        return "set securityContext.windowsOptions.hostProcess to false, or remove it";
    }
}
