package dev.bulkhead.app.cli.option;

import dev.bulkhead.engine.workload.CustomKind;
import dev.bulkhead.engine.workload.WellKnownKinds;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option for custom kinds that hold pods. */
public final class KindOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--workload-kind",
            paramLabel = CustomKind.FORM,
            description = "Also evaluates this kind, by the pod template at that path, such as"
                    + " argoproj.io/Rollout=/spec/template; may be repeated.")
    private List<String> declared = List.of();

    /** The values as given. */
    public List<String> declared() {
        return declared;
    }

    /** The kinds that hold pods in manifests: those of widely used projects, too. */
    public WorkloadKinds inManifests() {
        return WellKnownKinds.besides(kinds());
    }

    /** The kinds that hold pods. */
    public WorkloadKinds kinds() {
        try {
            return WorkloadKinds.builtIn().with(declared);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--workload-kind: " + e.getMessage(), e);
        }
    }
}
