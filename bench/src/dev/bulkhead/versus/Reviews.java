package dev.bulkhead.versus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * The pod that everything is measured with, as a ReplicaSet creates it: careless, with everything unset, and hardened, as
 * Bulkhead's {@code /mutate} leaves it.
 */
final class Reviews {
    static final ObjectMapper JSON = new ObjectMapper();
    static final String NAMESPACE = "driftwood";
    static final String ACCOUNT = "web";

    private final ObjectNode careless;
    private final ObjectNode hardened;

    private Reviews(ObjectNode careless, ObjectNode hardened) {
        this.careless = careless;
        this.hardened = hardened;
    }

    static byte[] typical() throws IOException {
        return Files.readString(Path.of("bench", "reviews", "typical.json")).strip().getBytes("UTF-8");
    }

    /** From the answer of {@code /mutate} to the typical review. */
    static Reviews hardenedBy(String answer) throws IOException {
        ObjectNode careless = (ObjectNode) JSON.readTree(typical());
        ObjectNode hardened = careless.deepCopy();
        for (JsonNode operation :
                JSON.readTree(JSON.readTree(answer).at("/response/patch").binaryValue())) {
            add((ObjectNode) hardened.at("/request/object"), operation);
        }
        return new Reviews(careless, hardened);
    }

    /** Bulkhead's patches only add. */
    private static void add(ObjectNode object, JsonNode operation) {
        String path = operation.path("path").asText();
        int last = path.lastIndexOf('/');
        JsonNode holder = object.at(path.substring(0, last));
        String name = path.substring(last + 1).replace("~1", "/").replace("~0", "~");
        if (holder instanceof ArrayNode array) {
            array.add(operation.get("value"));
        } else {
            ((ObjectNode) holder).set(name, operation.get("value"));
        }
    }

    byte[] careless() throws IOException {
        return JSON.writeValueAsBytes(careless);
    }

    byte[] hardened() throws IOException {
        return JSON.writeValueAsBytes(hardened);
    }

    /** The pod as somebody creates it, without what the API server adds. */
    ObjectNode pod(boolean asHardened) {
        ObjectNode pod = ((ObjectNode) (asHardened ? hardened : careless).at("/request/object")).deepCopy();
        ObjectNode metadata = (ObjectNode) pod.get("metadata");
        metadata.remove(Set.of("uid", "creationTimestamp", "ownerReferences", "managedFields", "name", "namespace"));
        pod.remove("status");
        return pod;
    }

    /** A Deployment of such pods, as it stands in a manifest. */
    ObjectNode deployment(String name, boolean asHardened) {
        ObjectNode template = pod(asHardened);
        template.remove(Set.of("apiVersion", "kind"));
        ((ObjectNode) template.get("metadata")).remove("generateName");
        ObjectNode deployment = JSON.createObjectNode().put("apiVersion", "apps/v1").put("kind", "Deployment");
        deployment.putObject("metadata").put("name", name).put("namespace", NAMESPACE);
        ObjectNode spec = deployment.putObject("spec").put("replicas", 3);
        spec.putObject("selector").set("matchLabels", template.at("/metadata/labels").deepCopy());
        spec.set("template", template);
        return deployment;
    }
}
