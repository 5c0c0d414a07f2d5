package dev.bulkhead.app.console.view;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.manifest.Document;
import dev.bulkhead.manifest.DocumentReader;
import dev.bulkhead.manifest.ManifestObject;
import dev.bulkhead.manifest.ReadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The namespaces of a manifest that a viewer does not see, whose policies a verdict would tell. */
public final class UnseenNamespaces {
    private UnseenNamespaces() {}

    /**
     * One of them, if there are any.
     *
     * @param namespace of the objects that name none
     */
    public static Optional<String> first(DocumentReader reader, byte[] manifest, String namespace, Viewer viewer) {
        if (viewer.everything()) {
            return Optional.empty();
        }
        List<String> named = new ArrayList<>(List.of(namespace));
        for (ReadResult result : reader.read("manifest", manifest)) {
            if (result instanceof Document document) {
                for (ManifestObject object : document.objects()) {
                    JsonNode name = object.node().at("/metadata/namespace");
                    if (name.isTextual()) {
                        named.add(name.asText());
                    }
                }
            }
        }
        return named.stream().filter(name -> !viewer.sees(name)).findFirst();
    }
}
