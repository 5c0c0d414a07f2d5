package dev.bulkhead.app.cluster.doctor.check;

import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.layer.SecondLayerInStep;
import java.util.List;

/** All checks. */
public final class Checks {
    /** In the order of a person who looks for a cause: whether it is called, why it would not answer, what it would say. */
    public static final List<Check> ALL = List.of(
            new Admission(),
            new WebhooksPresent(),
            new WebhooksAsInstalled(),
            new FailurePolicy(),
            new OtherWebhooks(),
            new Exclusions(),
            new Coverage(),
            new Replicas(),
            new Endpoints(),
            new Spread(),
            new DisruptionBudget(),
            new Versions(),
            new Leader(),
            Rights.ofGate(),
            new Certificate(),
            new CaBundle(),
            new Definitions(),
            new ApiServerVersion(),
            new Console(),
            Rights.ofConsole(),
            new ConsoleCertificate(),
            new SecondLayerInStep(),
            new Policies(),
            new Exemptions(),
            new ExpiringExemptions(),
            new UnusedExemptions(),
            new StartFailures());

    /** Whether the webhook works at all: it is called, and answers with a certificate that the API server trusts. */
    public static final List<Check> OF_WEBHOOK = List.of(new Replicas(), new WebhooksPresent(), new Certificate());

    private Checks() {}
}
