package dev.bulkhead.app.registry;

import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Reads the configuration of images from their registries. */
final class ImageReader {
    /** Manifests and configurations in use have some kilobytes. */
    static final int MOST_BYTES = 1 << 20;

    private static final String DEFAULT_TAG = "latest";
    private static final int SHOWN_OF_DIGEST = "sha256:".length() + 12;

    private final BoundedHttp http = new BoundedHttp();
    private final Authorizer authorizer;
    private final boolean mayBeLocal;
    private final Map<String, RegistryHost> registries = new ConcurrentHashMap<>();

    /** @param mayBeLocal whether a registry may be on this machine */
    ImageReader(Credentials credentials, boolean mayBeLocal) {
        this.mayBeLocal = mayBeLocal;
        this.authorizer = new Authorizer(http, credentials);
    }

    /** Asks the registry that the image names. */
    ImageKnowledge read(ImageReference image, Deadline deadline) throws RegistryException {
        int slash = image.repository().indexOf('/');
        RegistryHost registry = registry(image.repository().substring(0, slash));
        Repository repository =
                new Repository(registry, image.repository().substring(slash + 1), http, authorizer, deadline);
        byte[] bytes = repository.read(
                "manifests/" + image.digest().or(image::tag).orElse(DEFAULT_TAG),
                ImageManifest.MEDIA_TYPES,
                MOST_BYTES);
        if (image.digest().isPresent()) {
            Digests.verify(bytes, image.digest().get(), "manifest");
        }
        String digest = image.digest().orElseGet(() -> Digests.of(bytes));
        ImageManifest manifest = new ImageManifest(bytes);
        if (manifest.isIndex()) {
            manifest = new ImageManifest(
                    content(repository, "manifests/", manifest.digestOfPlatform(), "manifest of the platform"));
        }
        byte[] configuration = content(repository, "blobs/", manifest.digestOfConfiguration(), "configuration");
        return ImageConfiguration.read(configuration)
                .knowledge("its registry, " + registry.name() + ", "
                        + digest.substring(0, Math.min(digest.length(), SHOWN_OF_DIGEST)) + "…");
    }

    private RegistryHost registry(String name) throws RegistryException {
        RegistryHost known = registries.get(name);
        if (known != null) {
            return known;
        }
        RegistryHost registry = RegistryHost.named(name, mayBeLocal);
        RegistryHost other = registries.putIfAbsent(name, registry);
        return other == null ? registry : other;
    }

    /** What that digest names, and nothing else. */
    private static byte[] content(Repository repository, String under, String digest, String what)
            throws RegistryException {
        byte[] bytes = repository.read(under + digest, ImageManifest.MEDIA_TYPES + ", */*", MOST_BYTES);
        Digests.verify(bytes, digest, what);
        return bytes;
    }
}
