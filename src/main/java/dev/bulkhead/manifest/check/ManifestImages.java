package dev.bulkhead.manifest.check;

import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import dev.bulkhead.engine.workload.WorkloadKinds;
import dev.bulkhead.manifest.Document;
import dev.bulkhead.manifest.ManifestFiles;
import dev.bulkhead.manifest.ManifestObject;
import dev.bulkhead.manifest.ReadResult;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the images in manifests. What cannot be read is passed over, because the check reports it. */
public final class ManifestImages {
    private final WorkloadKinds kinds;
    private final Map<String, ImageReference> images = new LinkedHashMap<>();

    private ManifestImages(WorkloadKinds kinds) {
        this.kinds = kinds;
    }

    /**
     * The images of all containers, each once, in their order in the files.
     *
     * @param standardInput what the file named {@code -} holds
     */
    public static List<ImageReference> of(ManifestFiles files, byte[] standardInput, WorkloadKinds kinds) {
        ManifestImages found = new ManifestImages(kinds);
        files.forEach(new ByteArrayInputStream(standardInput), found::search);
        return new ArrayList<>(found.images.values());
    }

    private void search(ReadResult result) {
        if (result instanceof Document document) {
            document.objects().forEach(this::search);
        }
    }

    private void search(ManifestObject object) {
        try {
            kinds.find(Field.root(object.node()))
                    .ifPresent(workload -> workload.pod().containers().forEach(this::add));
        } catch (MalformedWorkloadException e) {
            // Reported by the check, at its position.
            return;
        }
    }

    private void add(Container container) {
        ImageReference.parse(container.field().get("image").textOrEmpty())
                .ifPresent(image -> images.putIfAbsent(image.toString(), image));
    }
}
