package dev.bulkhead.engine.image;

import dev.bulkhead.engine.image.ImageUser.UserId;
import java.util.List;
import java.util.Optional;

/**
 * What a policy says of some images.
 *
 * @param match which ones
 * @param user the user that containers of these images are given where they name none; empty to leave it to the policy's
 *     general one
 * @param fsGroup the group that their pods' claims are made writable for; empty for the user's group
 * @param scratch the paths that they write to besides those that every container gets; empty if the policy says nothing
 *     of them
 * @param stickyTmp whether they use no {@code /tmp} that others may remove their files from, as Ruby does
 */
public record ImageSetting(
        ImagePattern match,
        Optional<UserId> user,
        Optional<Long> fsGroup,
        Optional<List<String>> scratch,
        boolean stickyTmp) {
    /** What a policy says of images that use any {@code /tmp}. */
    public ImageSetting(
            ImagePattern match, Optional<UserId> user, Optional<Long> fsGroup, Optional<List<String>> scratch) {
        this(match, user, fsGroup, scratch, false);
    }

    public ImageSetting {
        scratch = scratch.map(List::copyOf);
    }
}
