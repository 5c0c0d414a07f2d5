package dev.bulkhead.engine.image;

import dev.bulkhead.engine.image.ImageUser.UserId;
import java.util.List;
import java.util.Optional;

/**
 * What is known of an image.
 *
 * @param user as whom it runs where the pod names no user; empty if not known
 * @param runsAs a user other than root as whom it is known to work, although it names another one
 * @param writes the paths that it writes to besides {@code /tmp}; an empty volume there does no harm
 * @param shipsFilesIn the paths that it writes to and has files in, which an empty volume would hide
 * @param ports the TCP ports that it listens on unless it is configured otherwise
 * @param requires the capabilities without which its program does not even start, because the file carries them
 * @param source where this is known from, as a message says it
 */
public record ImageKnowledge(
        Optional<ImageUser> user,
        Optional<UserId> runsAs,
        List<String> writes,
        List<String> shipsFilesIn,
        List<Integer> ports,
        List<String> requires,
        String source) {
    public ImageKnowledge {
        writes = List.copyOf(writes);
        shipsFilesIn = List.copyOf(shipsFilesIn);
        ports = List.copyOf(ports);
        requires = List.copyOf(requires);
    }
}
