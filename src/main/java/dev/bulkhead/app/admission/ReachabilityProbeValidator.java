package dev.bulkhead.app.admission;

import dev.bulkhead.app.cluster.resource.ReachabilityProbe;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.document.PolicyReader;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Answers the leader's test whether the API server reaches the webhook, and rejects every Exemption of that name. */
public final class ReachabilityProbeValidator implements ResourceValidator {
    private static final Pattern NONCE = Pattern.compile("[0-9a-f]{1,64}");

    private final String namespace;

    /**
     * Answers in Bulkhead's own namespace.
     *
     * @param namespace of this release; another release answers its own probe
     */
    public ReachabilityProbeValidator(String namespace) {
        this.namespace = namespace;
    }

    @Override
    public Optional<Decision> on(AdmissionRequest request, PolicySet policies, AdmissionContext context) {
        if (!request.apiVersion().equals(PolicyReader.API_VERSION)
                || !request.kind().equals(PolicyReader.EXEMPTION_KIND)
                || !request.subResource().isEmpty()
                || request.object().isAbsent()
                || !request.object().get("metadata").get("name").textOrEmpty().equals(ReachabilityProbe.NAME)) {
            return Optional.empty();
        }
        boolean ours = request.namespace().filter(namespace::equals).isPresent();
        if (!ours && request.dryRun()) {
            return Optional.of(new Decision.Skipped());
        }
        String nonce = request.object()
                .get("metadata")
                .get("annotations")
                .get(ReachabilityProbe.NONCE)
                .textOrEmpty();
        String refusal = ours && request.dryRun() && NONCE.matcher(nonce).matches()
                ? ReachabilityProbe.answerTo(nonce)
                : "the name " + ReachabilityProbe.NAME
                        + " is reserved for the test whether the API server reaches Bulkhead: choose another name";
        return Optional.of(new Decision.Advice(Optional.of(refusal), List.of()));
    }
}
