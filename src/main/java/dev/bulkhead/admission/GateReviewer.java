package dev.bulkhead.admission;

import dev.bulkhead.policy.Policies;
import dev.bulkhead.policy.Profile;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Answers reviews by the policies in force, or by the one profile that the address names. */
final class GateReviewer implements Reviewer {
    /** More names than there are profiles: versions are any number. */
    private static final int REMEMBERED = 200;

    private final Reviews reviews;
    private final Supplier<Policies> inForce;
    private final Map<String, Policies> pinned = new ConcurrentHashMap<>();

    GateReviewer(Reviews reviews, Supplier<Policies> inForce) {
        this.reviews = reviews;
        this.inForce = inForce;
    }

    @Override
    public Answer answer(Path path, Optional<String> pinnedProfile, byte[] body, ReviewContext context) {
        return reviews.answer(path, body, policies(pinnedProfile), context);
    }

    @Override
    public Optional<Answer> answerAtOnce(
            Path path, Optional<String> pinnedProfile, byte[] body, ReviewContext context) {
        return reviews.answerAtOnce(path, body, policies(pinnedProfile), context);
    }

    private Supplier<Policies> policies(Optional<String> pinnedProfile) {
        return pinnedProfile.<Supplier<Policies>>map(name -> () -> pinned(name)).orElse(inForce);
    }

    @Override
    public Answer refuse(Path path, byte[] beginning, String reason) {
        return reviews.refuse(path, beginning, reason);
    }

    @Override
    public boolean knowsProfile(String profile) {
        return Profile.parse(profile).isPresent();
    }

    private Policies pinned(String name) {
        if (pinned.size() >= REMEMBERED) {
            pinned.clear();
        }
        return pinned.computeIfAbsent(
                name, profile -> Policies.pinned(Profile.parse(profile).orElseThrow()));
    }
}
