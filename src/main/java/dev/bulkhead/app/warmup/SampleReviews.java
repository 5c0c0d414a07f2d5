package dev.bulkhead.app.warmup;

import dev.bulkhead.app.admission.AdmissionService.Path;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reviews such as an API server sends: pods and their controllers, created and updated, hardened, admitted and denied. */
final class SampleReviews {
    private static final String RESOURCE = "/dev/bulkhead/warmup/reviews.ndjson";

    private SampleReviews() {}

    /** A review and the path that it is sent to. Its bytes are never compared, so they are not wrapped. */
    @SuppressWarnings("ArrayRecordComponent")
    record Sample(Path path, byte[] review) {
        /** The URL path. */
        String urlPath() {
            return "/" + path.name().toLowerCase(Locale.ROOT);
        }
    }

    /** All of them. Each line of the resource is the path, a space and the review. */
    static List<Sample> all() {
        List<Sample> samples = new ArrayList<>();
        try (InputStream in = SampleReviews.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not in the program");
            }
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                int space = line.indexOf(' ');
                samples.add(new Sample(
                        Path.valueOf(line.substring(0, space)),
                        line.substring(space + 1).getBytes(StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(samples);
    }
}
