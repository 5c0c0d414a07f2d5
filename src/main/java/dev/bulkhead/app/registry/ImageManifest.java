package dev.bulkhead.app.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The first document of an image, in the formats of OCI and of Docker: one image, or a list of one for each platform.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/manifest.md">Image manifest</a>
 */
final class ImageManifest {
    /** What a registry may answer with. */
    static final String MEDIA_TYPES =
            "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json,"
                    + " application/vnd.docker.distribution.manifest.list.v2+json,"
                    + " application/vnd.docker.distribution.manifest.v2+json";

    private static final Set<String> CONFIGURATIONS =
            Set.of("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json");
    private static final Pattern DIGEST = Pattern.compile("[a-z0-9]{1,32}:[0-9a-f]{32,128}");

    private final JsonNode document;

    ImageManifest(byte[] bytes) throws RegistryException {
        this.document = Json.object(bytes, "manifest");
    }

    /** Whether it is a list. */
    boolean isIndex() {
        return document.path("manifests").isArray();
    }

    /**
     * The digest of the manifest for a platform: linux/amd64, else the first one for Linux. The user is the same on all in
     * practice.
     */
    String digestOfPlatform() throws RegistryException {
        Optional<String> first = Optional.empty();
        for (JsonNode entry : document.path("manifests")) {
            JsonNode platform = entry.path("platform");
            boolean linux =
                    platform.isMissingNode() || platform.path("os").asText().equals("linux");
            if (linux && platform.path("architecture").asText().equals("amd64")) {
                return digest(entry);
            }
            if (linux && first.isEmpty()) {
                first = Optional.of(digest(entry));
            }
        }
        return first.orElseThrow(() -> new RegistryException("there is no image for Linux"));
    }

    /** The digest of the configuration of an image. */
    String digestOfConfiguration() throws RegistryException {
        JsonNode configuration = document.path("config");
        if (!configuration.isObject()) {
            throw new RegistryException("the manifest is of an unknown format");
        }
        if (!CONFIGURATIONS.contains(configuration.path("mediaType").asText())) {
            throw new RegistryException("it is no container image");
        }
        return digest(configuration);
    }

    private static String digest(JsonNode descriptor) throws RegistryException {
        String digest = descriptor.path("digest").asText();
        if (!DIGEST.matcher(digest).matches()) {
            throw new RegistryException("the manifest names something without a digest");
        }
        return digest;
    }
}
