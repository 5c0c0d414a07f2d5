package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.resource.BoundedRead;
import dev.bulkhead.app.cluster.resource.HttpStatusException;
import dev.bulkhead.app.cluster.resource.PagedList;
import dev.bulkhead.engine.text.FailureText;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads from an API server what its user may read, and collects what that leaves out. */
final class PermittedReads {
    private static final String JSON = "application/json";
    private static final int MOST_BYTES = 4 << 20;
    private static final Duration WITHIN = Duration.ofSeconds(20);

    private final KubernetesClient client;
    private final List<String> limits = new ArrayList<>();

    PermittedReads(KubernetesClient client) {
        this.client = client;
    }

    /** The API server does not know what was asked for. */
    static final class NotFoundException extends IOException {
        private static final long serialVersionUID = 1;

        private NotFoundException(String what, IOException cause) {
            super(what + " not found", cause);
        }
    }

    /** A read that the user may not be permitted. */
    interface Read {
        void run() throws IOException;
    }

    /** What could not be read, and what that means, in a sentence each. */
    List<String> limits() {
        return List.copyOf(limits);
    }

    /** An object, or a short list. */
    JsonNode get(String path) throws IOException {
        byte[] answer = BoundedRead.get(client, path, JSON, MOST_BYTES, WITHIN);
        return client.getKubernetesSerialization().unmarshal(new ByteArrayInputStream(answer), JsonNode.class);
    }

    /**
     * Passes every object of a list to the consumer.
     *
     * @param query what else to ask for, such as {@code &labelSelector=…}; may be empty
     */
    void list(String path, String query, Consumer<JsonNode> consumer) throws IOException {
        PagedList.forEach(client, path, query, JSON, consumer);
    }

    /** An object as that class. */
    <T> T as(JsonNode object, Class<T> type) {
        return client.getKubernetesSerialization().convertValue(object, type);
    }

    /**
     * Reads what the scan cannot do without.
     *
     * @throws IOException when it cannot be read, with the reason
     */
    void required(String what, Read read) throws IOException {
        try {
            read.run();
        } catch (IOException e) {
            throw new IOException(what + " cannot be read: " + FailureText.message(e), e);
        }
    }

    /**
     * Reads what the user may not be permitted. Returns whether it was read.
     *
     * @param consequence what it means if it is not
     * @throws NotFoundException when the API server does not know it
     */
    boolean permitted(String what, String consequence, Read read) throws IOException {
        try {
            read.run();
            return true;
        } catch (HttpStatusException e) {
            if (e.code() == HttpURLConnection.HTTP_NOT_FOUND) {
                throw new NotFoundException(what, e);
            }
            if (e.code() != HttpURLConnection.HTTP_FORBIDDEN) {
                throw new IOException(what + " cannot be read: " + FailureText.message(e), e);
            }
            limits.add(UnreadResource.sentence(what, String.valueOf(e.getMessage()), consequence));
            return false;
        }
    }

    /**
     * Reads what one API serves that may be out of order without the rest. Returns whether all of it was read.
     *
     * @param consequence what it means if it is not
     */
    boolean possible(String what, String consequence, Read read) {
        try {
            read.run();
            return true;
        } catch (IOException e) {
            limits.add(UnreadResource.sentence(what, FailureText.message(e), consequence));
            return false;
        }
    }

    /** What the cluster has at that path; empty where it has nothing, or nothing that the user is permitted to read. */
    Optional<JsonNode> find(String path) throws IOException {
        try {
            return Optional.of(get(path));
        } catch (HttpStatusException e) {
            if (e.code() == HttpURLConnection.HTTP_NOT_FOUND || e.code() == HttpURLConnection.HTTP_FORBIDDEN) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Something is not there to be read. */
    void missing(String what, String consequence) {
        limits.add(UnreadResource.sentence(what, "the cluster has none", consequence));
    }

    /** The same for what an old cluster may not have. */
    boolean optional(String what, String consequence, Read read) throws IOException {
        try {
            return permitted(what, consequence, read);
        } catch (NotFoundException e) {
            missing(what, consequence);
            return false;
        }
    }
}
