package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.resource.ImageConfigMap;
import dev.bulkhead.app.cluster.scan.PermittedReads.NotFoundException;
import dev.bulkhead.engine.image.ImageRecords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what a cluster has of Bulkhead. */
final class InstallationReader {
    private static final String OWN = "apis/bulkhead.dev/v1alpha1/";
    private static final String NOT_APPLIED = "they are not applied";

    private final PermittedReads reads;
    private final String home;

    /**
     * Reads nothing yet.
     *
     * @param home the valid name of Bulkhead's own namespace, which need not exist
     */
    InstallationReader(PermittedReads reads, String home) {
        this.reads = reads;
        this.home = home;
    }

    /**
     * The policies and exemptions of a cluster.
     *
     * @param known whether the cluster has such resources at all
     */
    record Declarations(boolean known, List<JsonNode> policies, List<JsonNode> exemptions) {
        Declarations {
            policies = List.copyOf(policies);
            exemptions = List.copyOf(exemptions);
        }
    }

    Declarations declarations() throws IOException {
        List<JsonNode> policies = new ArrayList<>();
        List<JsonNode> exemptions = new ArrayList<>();
        try {
            reads.permitted(
                    "leastprivilegepolicies",
                    NOT_APPLIED,
                    () -> reads.list(OWN + "leastprivilegepolicies", "", policies::add));
            reads.permitted("exemptions", NOT_APPLIED, () -> reads.list(OWN + "exemptions", "", exemptions::add));
            return new Declarations(true, policies, exemptions);
        } catch (NotFoundException e) {
            return new Declarations(false, List.of(), List.of());
        }
    }

    /** How the webhook is set up; the chart's defaults where none is installed, or it may not be read. */
    InstalledSettings settings() throws IOException {
        Optional<InstalledSettings> found = installed(
                        "the webhook's settings",
                        "those of the chart are assumed",
                        "apis/apps/v1/namespaces/" + home
                                + "/deployments?limit=1&labelSelector=app.kubernetes.io%2Fname%3Dbulkhead")
                .map(list -> list.path("items").path(0))
                .filter(JsonNode::isObject)
                .map(deployment -> InstalledSettings.of(deployment, home));
        if (found.isEmpty()) {
            return InstalledSettings.defaults(home);
        }
        return installed(
                        "the webhook configuration",
                        "only kube-system and " + home + " are taken as excluded from admission",
                        "apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/"
                                + found.get().webhookConfiguration())
                .map(found.get()::withWebhooks)
                .orElse(found.get());
    }

    /** What is recorded of images. */
    ImageRecords images(String name) throws IOException {
        return installed(
                        "the record of images",
                        "it is not taken into account",
                        "api/v1/namespaces/" + home + "/configmaps/" + name)
                .map(stored -> stored.path("data").path(ImageConfigMap.KEY).asText(""))
                .map(text -> ImageRecords.read(text).records())
                .orElse(ImageRecords.EMPTY);
    }

    /** A part of an installation; empty if there is none, or it may not be read. */
    private Optional<JsonNode> installed(String what, String consequence, String path) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        try {
            reads.permitted(what, consequence, () -> found.add(reads.get(path)));
        } catch (NotFoundException e) {
            return Optional.empty();
        }
        return found.stream().findFirst();
    }
}
