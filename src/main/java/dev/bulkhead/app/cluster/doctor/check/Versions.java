package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Listed;
import dev.bulkhead.app.cluster.doctor.Pods;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Everything that is installed is of one version. */
final class Versions implements Check {
    @Override
    public String id() {
        return "versions";
    }

    private static final String VERSION = "app.kubernetes.io/version";

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        Set<String> images = new TreeSet<>();
        for (JsonNode pod : Pods.ready(facts)) {
            images.add(pod.at("/spec/containers/0/image").asText());
        }
        if (images.size() > 1) {
            return Answer.warning(
                    "the replicas run different images: " + Listed.of(images),
                    "kubectl -n " + facts.place().home() + " rollout status deployment/"
                            + facts.place().name());
        }
        Map<String, Set<String>> byVersion = new TreeMap<>();
        for (Source source :
                List.of(Source.DEPLOYMENT, Source.CONSOLE, Source.MUTATING, Source.VALIDATING, Source.DEFINITIONS)) {
            for (JsonNode object : facts.all(source)) {
                String version =
                        object.path("metadata").path("labels").path(VERSION).asText();
                if (!version.isEmpty()) {
                    byVersion
                            .computeIfAbsent(version, any -> new TreeSet<>())
                            .add(object.path("kind").asText(source.name().toLowerCase(Locale.ROOT)) + " "
                                    + object.at("/metadata/name").asText());
                }
            }
        }
        if (byVersion.size() > 1) {
            return Answer.warning(
                    byVersion.entrySet().stream()
                            .map(entry -> entry.getKey() + " of " + Listed.of(entry.getValue()))
                            .collect(Collectors.joining("; ", "versions differ: ", "")),
                    "upgrade all of it: docs/operating.md#upgrading");
        }
        return Answer.ok(
                byVersion.isEmpty()
                        ? "nothing names a version"
                        : "all is of version " + String.join("", byVersion.keySet()));
    }
}
