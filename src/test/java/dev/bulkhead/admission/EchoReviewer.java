package dev.bulkhead.admission;

import dev.bulkhead.policy.Profile;
import dev.bulkhead.rule.Cluster;
import dev.bulkhead.workload.WorkloadKinds;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;

/** Tells what the door hands over, and fails when asked to. */
@Alternative
@Singleton
class EchoReviewer implements Reviewer {
    static final byte[] FAIL = "fail".getBytes(StandardCharsets.UTF_8);
    static final byte[] EXHAUST = "exhaust".getBytes(StandardCharsets.UTF_8);
    static final byte[] OVERFLOW = "overflow".getBytes(StandardCharsets.UTF_8);

    static final byte[] LATER = "later".getBytes(StandardCharsets.UTF_8);

    @Override
    public Answer answer(Path path, Optional<String> pinnedProfile, byte[] body, ReviewContext context) {
        if (Arrays.equals(body, FAIL)) {
            throw new IllegalStateException("a secret of the inside");
        }
        if (Arrays.equals(body, EXHAUST)) {
            throw new OutOfMemoryError("a secret of the inside");
        }
        if (Arrays.equals(body, OVERFLOW)) {
            throw new StackOverflowError();
        }
        String thread = Thread.currentThread().getName();
        String text = String.join(
                " ",
                path.name(),
                pinnedProfile.orElse("-"),
                Integer.toString(body.length),
                Integer.toHexString(Arrays.hashCode(body)),
                thread.startsWith("vert.x-eventloop") ? "loop" : thread.replaceAll("-\\d+$", ""));
        return new Answer(200, "application/json", text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Optional<Answer> answerAtOnce(
            Path path, Optional<String> pinnedProfile, byte[] body, ReviewContext context) {
        return Arrays.equals(body, LATER) ? Optional.empty() : Optional.of(answer(path, pinnedProfile, body, context));
    }

    @Override
    public Answer refuse(Path path, byte[] beginning, String reason) {
        if (path == Path.MUTATE) {
            throw new OutOfMemoryError("a secret of the inside");
        }
        return Reviews.by(WorkloadKinds.builtIn(), Cluster.offline(Cluster.NEWEST_MINOR), Clock.systemUTC())
                .refuse(path, beginning, reason);
    }

    @Override
    public boolean knowsProfile(String profile) {
        return Profile.parse(profile).isPresent();
    }
}
