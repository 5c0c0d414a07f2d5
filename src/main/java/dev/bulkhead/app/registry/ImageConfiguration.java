package dev.bulkhead.app.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageKnowledge.Fact;
import dev.bulkhead.engine.image.ImageKnowledge.Paths;
import dev.bulkhead.engine.image.ImageUser;
import dev.bulkhead.engine.image.ObservedUser;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an image's configuration says of how it runs.
 *
 * @param volumes the paths of its volumes, without what no volume can be mounted over
 * @param ports the TCP ports that it says it listens on
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/config.md">Image configuration</a>
 */
record ImageConfiguration(ImageUser user, List<String> volumes, List<Integer> ports) {
    private static final int MOST_VOLUMES = 32;
    private static final int MOST_PORTS = 256;
    private static final int LONGEST_NAME = 64;
    private static final Pattern NUMBER = Pattern.compile("\\+?[0-9]{1,18}");
    private static final Pattern PORT = Pattern.compile("([0-9]{1,5})(?:/tcp)?");
    private static final Pattern NEEDED = Pattern.compile("/dev|/(proc|sys)(/.*)?");

    ImageConfiguration {
        volumes = List.copyOf(volumes);
        ports = List.copyOf(ports);
    }

    static ImageConfiguration read(byte[] bytes) throws RegistryException {
        JsonNode process = Json.object(bytes, "configuration").path("config");
        return new ImageConfiguration(
                user(process.path("User").asText("")), volumes(process.path("Volumes")), ports(process));
    }

    /** As container runtimes read it: the part before the colon, as a number if it is one; and the group behind it. */
    private static ImageUser user(String text) {
        int colon = text.indexOf(':');
        String user = colon < 0 ? text : text.substring(0, colon);
        if (user.isEmpty() || user.equals("root")) {
            return new ImageUser.Root();
        }
        if (!NUMBER.matcher(user).matches()) {
            return new ImageUser.Named(SafeText.line(user, LONGEST_NAME), Optional.empty());
        }
        long uid = Long.parseLong(user);
        if (uid == 0) {
            return new ImageUser.Root();
        }
        return uid > ObservedUser.LARGEST || colon < 0
                ? new ImageUser.Numeric(uid)
                : new ImageUser.Numeric(uid, group(text.substring(colon + 1)));
    }

    /** The group, if a pod could name it as well. */
    private static Optional<Long> group(String text) {
        return Optional.of(text)
                .filter(group -> NUMBER.matcher(group).matches())
                .map(Long::valueOf)
                .filter(gid -> gid <= ObservedUser.LARGEST);
    }

    private static List<String> volumes(JsonNode volumes) {
        List<String> paths = new ArrayList<>();
        volumes.fieldNames().forEachRemaining(path -> {
            if (paths.size() < MOST_VOLUMES
                    && RuleSettings.Scratch.isMountable(path)
                    && SafeText.line(path).equals(path)) {
                String plain = withoutEmptyParts(path);
                if (!NEEDED.matcher(plain).matches()) {
                    paths.add(plain);
                }
            }
        });
        return paths.stream()
                .filter(path -> path.length() > 1)
                .distinct()
                .sorted()
                .toList();
    }

    private static String withoutEmptyParts(String path) {
        return Stream.of(path.split("/"))
                .filter(part -> !part.isEmpty() && !part.equals("."))
                .collect(Collectors.joining("/", "/", ""));
    }

    private static List<Integer> ports(JsonNode process) {
        TreeSet<Integer> ports = new TreeSet<>();
        process.path("ExposedPorts").fieldNames().forEachRemaining(text -> {
            Matcher port = PORT.matcher(text);
            if (ports.size() < MOST_PORTS && port.matches()) {
                int number = Integer.parseInt(port.group(1));
                if (number > 0 && number <= 65_535) {
                    ports.add(number);
                }
            }
        });
        return List.copyOf(ports);
    }

    /** The same as knowledge from that source. Where there are no volumes or ports, an image may write or listen all the same. */
    ImageKnowledge knowledge(String source) {
        return new ImageKnowledge(
                Optional.of(new Fact<>(user, source)),
                Optional.empty(),
                Optional.of(volumes).filter(all -> !all.isEmpty()).map(all -> new Fact<>(Paths.ofVolumes(all), source)),
                Optional.of(ports).filter(all -> !all.isEmpty()).map(all -> new Fact<>(all, source)),
                Optional.empty());
    }
}
