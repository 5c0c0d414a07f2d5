package dev.bulkhead.app.cluster.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.resource.ApiServerFailure;
import dev.bulkhead.app.cluster.resource.BoundedRead;
import dev.bulkhead.app.cluster.resource.HttpStatusException;
import dev.bulkhead.app.cluster.resource.PagedList;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.text.FailureText;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Reads what checks need, as far as the user may. */
public final class FactReader {
    private static final String JSON = "application/json";
    private static final int MOST_BYTES = 4 << 20;
    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final List<String> SHOWN_OF_SECRETS = List.of("tls.crt", "ca.crt");

    /** What is not read, but asked. */
    private static final Set<Source> ASKED =
            Collections.unmodifiableSet(EnumSet.of(Source.RIGHTS, Source.CONSOLE_RIGHTS, Source.DRY_RUN));

    private final KubernetesClient client;
    private final String home;
    private final Consumer<String> progress;
    private final Map<Source, Fact> facts = new EnumMap<>(Source.class);

    /**
     * Reads nothing yet.
     *
     * @param home the valid name of the namespace of the installation, which need not exist
     * @param progress receives what is being read
     */
    public FactReader(KubernetesClient client, String home, Consumer<String> progress) {
        this.client = client;
        this.home = home;
        this.progress = progress;
    }

    /**
     * Reads everything.
     *
     * @throws IOException when the API server does not answer
     */
    public Facts read(Instant now) throws IOException {
        Place anywhere = Place.of(home, Optional.empty(), Optional.empty());
        int minor = minor(objects(Source.VERSION, anywhere));
        Place place = Place.of(home, first(fact(Source.DEPLOYMENT, anywhere)), first(fact(Source.CONSOLE, anywhere)));
        for (Source source : Source.values()) {
            if (!ASKED.contains(source)) {
                progress.accept(source.right(place).replaceFirst("^[a-z]+ ", ""));
                facts.put(source, fact(source, place));
            }
        }
        facts.put(Source.RIGHTS, rights(Source.RIGHTS, place, GateRights.reviews(place)));
        facts.put(
                Source.CONSOLE_RIGHTS,
                rights(
                        Source.CONSOLE_RIGHTS,
                        place,
                        place.console()
                                .map(console -> ConsoleRights.reviews(place, console))
                                .orElse(List.of())));
        facts.put(Source.DRY_RUN, dryRun(new Facts(place, now, facts), minor));
        return new Facts(place, now, facts);
    }

    /**
     * Reads these alone; what is not wanted counts as forbidden.
     *
     * @param wanted nothing that is asked for by creating something
     * @throws IOException when the API server does not answer
     */
    public Facts read(Instant now, Set<Source> wanted) throws IOException {
        Place anywhere = Place.of(home, Optional.empty(), Optional.empty());
        minor(objects(Source.VERSION, anywhere));
        Place place = Place.of(home, first(fact(Source.DEPLOYMENT, anywhere)), Optional.empty());
        for (Source source : Source.values()) {
            facts.put(source, wanted.contains(source) ? fact(source, place) : Fact.forbidden(source.right(place)));
        }
        return new Facts(place, now, facts);
    }

    private static int minor(List<JsonNode> version) {
        String digits = version.get(0).path("minor").asText().replaceAll("\\D.*$", "");
        return digits.matches("[0-9]{1,4}") ? Integer.parseInt(digits) : ClusterCapabilities.NEWEST_MINOR;
    }

    private Fact fact(Source source, Place place) {
        try {
            return new Fact.Read(objects(source, place));
        } catch (HttpStatusException e) {
            return e.code() == HttpURLConnection.HTTP_FORBIDDEN
                    ? Fact.forbidden(source.right(place))
                    : Fact.failed(source.right(place), FailureText.message(e));
        } catch (IOException e) {
            return Fact.failed(source.right(place), FailureText.message(e));
        }
    }

    private List<JsonNode> objects(Source source, Place place) throws IOException {
        List<JsonNode> objects = new ArrayList<>();
        for (String path : source.paths(place).toList()) {
            int query = path.indexOf('?');
            try {
                if (query < 0) {
                    objects.add(withoutKeys(get(path)));
                } else {
                    String selector = path.substring(query + 1);
                    PagedList.forEach(
                            client,
                            path.substring(0, query),
                            selector.isEmpty() ? "" : "&" + selector,
                            JSON,
                            objects::add);
                }
            } catch (HttpStatusException e) {
                if (e.code() != HttpURLConnection.HTTP_NOT_FOUND) {
                    throw e;
                }
            }
        }
        return objects;
    }

    private JsonNode get(String path) throws IOException {
        byte[] answer = BoundedRead.get(client, path, JSON, MOST_BYTES, WITHIN);
        return client.getKubernetesSerialization().unmarshal(new ByteArrayInputStream(answer), JsonNode.class);
    }

    /** Of a Secret only the certificates are kept. */
    private static JsonNode withoutKeys(JsonNode object) {
        if (object.path("kind").asText().equals("Secret") && object.get("data") instanceof ObjectNode data) {
            data.retain(SHOWN_OF_SECRETS);
        }
        return object;
    }

    private static Optional<JsonNode> first(Fact fact) {
        return fact instanceof Fact.Read read ? read.objects().stream().findFirst() : Optional.empty();
    }

    private Fact rights(Source source, Place place, List<SubjectAccessReview> reviews) {
        progress.accept("rights");
        List<JsonNode> answers = new ArrayList<>();
        try {
            for (SubjectAccessReview review : reviews) {
                answers.add(
                        tree(client.authorization().v1().subjectAccessReview().create(review)));
            }
            return new Fact.Read(answers);
        } catch (KubernetesClientException e) {
            return refused(e, source.right(place));
        }
    }

    private Fact dryRun(Facts before, int minor) {
        progress.accept("a dry run");
        Optional<DryRun> chosen;
        try {
            chosen = DryRun.choose(
                    before.namespaces(), before.policies().policies(), cluster(before, minor), before.now());
        } catch (UnreadableException e) {
            return new Fact.Unreadable(e.answer());
        }
        if (chosen.isEmpty()) {
            return new Fact.Read(List.of());
        }
        DryRun run = chosen.get();
        try {
            Pod pod = client.getKubernetesSerialization().convertValue(run.pod(), Pod.class);
            Pod created = client.pods()
                    .inNamespace(run.namespace())
                    .resource(pod)
                    .dryRun()
                    .create();
            return new Fact.Read(List.of(run.created(tree(created)).toJson()));
        } catch (KubernetesClientException e) {
            String message = e.getStatus() == null
                    ? ""
                    : Optional.ofNullable(e.getStatus().getMessage()).orElse("");
            boolean byRights =
                    e.getCode() == HttpURLConnection.HTTP_FORBIDDEN && message.contains("cannot create resource");
            return byRights || message.isEmpty()
                    ? refused(e, Source.DRY_RUN.right(before.place()) + " in namespace " + run.namespace())
                    : new Fact.Read(List.of(run.refused(message).toJson()));
        }
    }

    private static ClusterCapabilities cluster(Facts before, int minor) throws UnreadableException {
        Set<String> runtimeClasses = before.all(Source.RUNTIME_CLASSES).stream()
                .map(found -> found.at("/metadata/name").asText())
                .collect(Collectors.toSet());
        return new ClusterCapabilities(minor, Optional.of(runtimeClasses));
    }

    private static Fact refused(KubernetesClientException failure, String right) {
        return failure.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                ? Fact.forbidden(right)
                : Fact.failed(right, ApiServerFailure.text(failure));
    }

    private JsonNode tree(Object object) {
        return client.getKubernetesSerialization().convertValue(object, JsonNode.class);
    }
}
