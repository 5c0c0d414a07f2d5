package dev.bulkhead.app.admission;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.engine.policy.BoundedCache;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import java.util.Optional;
import java.util.function.Supplier;

/** Answers reviews by the policies in force, or by the one profile that the URL path pins. */
public final class PolicyAdmissionService implements AdmissionService {
    /** Bounds the pinned profiles that are cached: any version number makes another. */
    private static final long PINNED_BYTES = 4 << 20;

    /** The estimated size of one pinned profile's rules. */
    private static final long PROFILE_BYTES = 16 << 10;

    private final AdmissionReviewHandler reviews;
    private final Supplier<PolicySet> inForce;
    private final BoundedCache<Profile, PolicySet> pinned =
            new BoundedCache<>(PINNED_BYTES, (profile, policies) -> PROFILE_BYTES);

    public PolicyAdmissionService(AdmissionReviewHandler reviews, Supplier<PolicySet> inForce) {
        this.reviews = reviews;
        this.inForce = inForce;
    }

    @Override
    public Attempt attempt(Path path, Optional<String> pinnedProfile, byte[] body, AdmissionContext context) {
        return reviews.attempt(path, body, policies(pinnedProfile), context);
    }

    private Supplier<PolicySet> policies(Optional<String> pinnedProfile) {
        return pinnedProfile
                .<Supplier<PolicySet>>map(name -> () -> pinned(name))
                .orElse(inForce);
    }

    @Override
    public Answer refuse(Path path, byte[] beginning, String reason, Caller caller) {
        return reviews.refuse(path, beginning, reason, caller);
    }

    @Override
    public boolean knowsProfile(String profile) {
        return Profile.parse(profile).isPresent();
    }

    private PolicySet pinned(String name) {
        Profile profile = Profile.parse(name).orElseThrow();
        return pinned.get(profile, () -> PolicySet.pinned(profile));
    }

    /** The size of the cached pinned profiles, in bytes. */
    long pinnedBytes() {
        return pinned.bytes();
    }
}
