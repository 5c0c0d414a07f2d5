package dev.bulkhead.engine.image;

import dev.bulkhead.engine.image.ImageKnowledge.Fact;
import dev.bulkhead.engine.image.ImageKnowledge.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a registry says of an image, as the facts of a {@link RecordedImage}. */
final class RegistryFacts {
    /** The number of the user. */
    private static final String USER = "user";

    /** Its name, where the image has no number. */
    private static final String NAME = "name";

    private static final String VOLUMES = "volumes";
    private static final String PORTS = "ports";

    private static final Pattern WORD = Pattern.compile("[!-~]{1,64}");
    private static final Pattern PATH = Pattern.compile("/[!-~&&[^,]]+");
    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");

    private RegistryFacts() {}

    /** The facts, without paths if those are not wanted; empty if there is no user that can be written down. */
    static Optional<Map<String, String>> of(ImageKnowledge known, boolean withPaths) {
        Map<String, String> facts = new TreeMap<>();
        known.user().map(Fact::value).ifPresent(user -> putUser(facts, user));
        if (facts.isEmpty()) {
            return Optional.empty();
        }
        String volumes = known.writes().stream()
                .filter(path -> PATH.matcher(path).matches())
                .collect(Collectors.joining(","));
        if (withPaths && !volumes.isEmpty()) {
            facts.put(VOLUMES, volumes);
        }
        String ports = known.ports().map(Fact::value).orElse(List.of()).stream()
                .limit(16)
                .map(String::valueOf)
                .collect(Collectors.joining(","));
        if (!ports.isEmpty()) {
            facts.put(PORTS, ports);
        }
        return Optional.of(facts);
    }

    private static void putUser(Map<String, String> facts, ImageUser user) {
        if (user instanceof ImageUser.Root) {
            facts.put(USER, "0");
        } else if (user instanceof ImageUser.Numeric number && number.uid() <= ObservedUser.LARGEST) {
            facts.put(USER, new ObservedUser.Single(number.uid(), number.gid()).toString());
        } else if (user instanceof ImageUser.Named named
                && WORD.matcher(named.name()).matches()) {
            facts.put(NAME, named.name());
        }
    }

    /** What the facts say; empty if they do not say as whom the image runs. */
    static Optional<ImageKnowledge> knowledge(Map<String, String> facts, String source) {
        return user(facts)
                .map(user -> new ImageKnowledge(
                        Optional.of(new Fact<>(user, source)),
                        Optional.empty(),
                        fact(list(facts, VOLUMES, PATH), source)
                                .map(paths -> new Fact<>(Paths.ofVolumes(paths.value()), source)),
                        fact(
                                list(facts, PORTS, PORT).stream()
                                        .map(Integer::valueOf)
                                        .toList(),
                                source),
                        Optional.empty()));
    }

    private static Optional<ImageUser> user(Map<String, String> facts) {
        Optional<ImageUser> number = Optional.ofNullable(facts.get(USER))
                .flatMap(ObservedUser::parse)
                .flatMap(user -> user instanceof ObservedUser.Single single ? Optional.of(single) : Optional.empty())
                .map(user -> user.uid() == 0 ? new ImageUser.Root() : new ImageUser.Numeric(user.uid(), user.gid()));
        return number.or(() -> Optional.ofNullable(facts.get(NAME))
                .filter(name -> WORD.matcher(name).matches())
                .map(name -> new ImageUser.Named(name, Optional.empty())));
    }

    private static <T> Optional<Fact<List<T>>> fact(List<T> values, String source) {
        return values.isEmpty() ? Optional.empty() : Optional.of(new Fact<>(values, source));
    }

    private static List<String> list(Map<String, String> facts, String key, Pattern form) {
        List<String> values = new ArrayList<>();
        Stream.of(facts.getOrDefault(key, "").split(","))
                .filter(value -> form.matcher(value).matches())
                .forEach(values::add);
        return values;
    }
}
