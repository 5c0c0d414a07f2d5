package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionContext;
import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionReviewHandler;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;

/** Returns what the endpoint passes on, and fails when asked to. */
@Alternative
@Singleton
class EchoService implements AdmissionService {
    static final byte[] FAIL = "fail".getBytes(StandardCharsets.UTF_8);
    static final byte[] EXHAUST = "exhaust".getBytes(StandardCharsets.UTF_8);
    static final byte[] OVERFLOW = "overflow".getBytes(StandardCharsets.UTF_8);

    static final byte[] LATER = "later".getBytes(StandardCharsets.UTF_8);
    static final byte[] LONG = "long".getBytes(StandardCharsets.UTF_8);

    @Override
    public Attempt attempt(Path path, Optional<String> pinnedProfile, byte[] body, AdmissionContext context) {
        if (Arrays.equals(body, FAIL)) {
            throw new IllegalStateException("a secret of the inside");
        }
        if (Arrays.equals(body, EXHAUST)) {
            throw new OutOfMemoryError("a secret of the inside");
        }
        if (Arrays.equals(body, OVERFLOW)) {
            throw new StackOverflowError();
        }
        if (Arrays.equals(body, LATER) && !context.mayAsk()) {
            return new Attempt.MustAsk();
        }
        if (Arrays.equals(body, LONG) && context.turn().isPresent()) {
            return new Attempt.Stopped();
        }
        String text = String.join(
                " ",
                path.name(),
                pinnedProfile.orElse("-"),
                Integer.toString(body.length),
                Integer.toHexString(Arrays.hashCode(body)),
                Thread.currentThread().getName().replaceAll("-\\d+$", ""));
        return new Attempt.Answered(new Answer(200, "application/json", text.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public Answer refuse(Path path, byte[] beginning, String reason, Caller caller) {
        if (path == Path.MUTATE) {
            throw new OutOfMemoryError("a secret of the inside");
        }
        return AdmissionReviewHandler.by(
                        WorkloadKinds.builtIn(),
                        ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                        Clock.systemUTC())
                .refuse(path, beginning, reason, caller);
    }

    @Override
    public boolean knowsProfile(String profile) {
        return Profile.parse(profile).isPresent();
    }
}
