package dev.bulkhead.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.image.ImageKnowledge.Fact;
import dev.bulkhead.engine.image.ImageKnowledge.Paths;
import dev.bulkhead.engine.image.ImageUser.UserId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ImageKnowledgeTest {
    private static final ImageReference IMAGE =
            ImageReference.parse("registry.example/team/web:1").orElseThrow();

    private static final Paths PATHS = new Paths(List.of("/data"), List.of("/etc"));

    @Property
    void firstSourceThatKnowsAnAttributeIsBelieved(
            @ForAll("knowledge") Optional<ImageKnowledge> first,
            @ForAll("knowledge") Optional<ImageKnowledge> second,
            @ForAll("knowledge") Optional<ImageKnowledge> third) {
        List<Optional<ImageKnowledge>> inOrder = List.of(first, second, third);

        Optional<ImageKnowledge> merged =
                lookup(first).orElse(lookup(second)).orElse(lookup(third)).find(IMAGE);

        assertThat(merged)
                .isEqualTo(lookup(first)
                        .orElse(lookup(second).orElse(lookup(third)))
                        .find(IMAGE));
        assertThat(merged.isPresent()).isEqualTo(inOrder.stream().anyMatch(Optional::isPresent));
        ImageKnowledge known = merged.orElse(ImageKnowledge.NONE);
        assertThat(known.user()).isEqualTo(firstThatKnows(inOrder, ImageKnowledge::user));
        assertThat(known.runsAs()).isEqualTo(firstThatKnows(inOrder, ImageKnowledge::runsAs));
        assertThat(known.paths())
                .isEqualTo(firstThatKnows(
                                inOrder,
                                image -> image.paths()
                                        .filter(fact -> fact.value().equals(PATHS)))
                        .or(() -> firstThatKnows(inOrder, ImageKnowledge::paths)));
        assertThat(known.ports()).isEqualTo(firstThatKnows(inOrder, ImageKnowledge::ports));
        assertThat(known.requires()).isEqualTo(firstThatKnows(inOrder, ImageKnowledge::requires));
    }

    @Example
    void joinsThePathsOfSeveralSources() {
        assertThat(ofPaths(List.of("/cache", "/etc", "/data"), "registry").orElse(ofPaths(PATHS, "table")))
                .isEqualTo(ofPaths(new Paths(List.of("/cache", "/data"), List.of("/etc")), "registry; table"));
        assertThat(ofPaths(List.of("/data", "/etc"), "registry").orElse(ofPaths(PATHS, "table")))
                .isEqualTo(ofPaths(PATHS, "table"));
        assertThat(ofPaths(PATHS, "table").orElse(ofPaths(List.of("/data", "/etc"), "registry")))
                .isEqualTo(ofPaths(PATHS, "table"));
    }

    @Example
    void volumesOfARegistryAreSomePathsAndMayHoldFiles() {
        ImageKnowledge registry = ofPaths(Paths.ofVolumes(List.of("/data", "/etc", "/new")), "registry");
        Paths all = new Paths(List.of("/data", "/new"), List.of("/etc"), List.of("/new"), true);

        assertThat(registry.orElse(ofPaths(PATHS, "table"))).isEqualTo(ofPaths(all, "registry; table"));
        assertThat(ofPaths(PATHS, "table").orElse(registry)).isEqualTo(ofPaths(all, "table; registry"));
        assertThat(registry.orElse(registry)).isEqualTo(registry);
        assertThat(registry.paths().orElseThrow().value().complete()).isFalse();
        assertThat(ofPaths(Paths.ofVolumes(List.of("/data")), "registry").orElse(ofPaths(PATHS, "table")))
                .as("what the table knows, it knows of the files as well")
                .isEqualTo(ofPaths(PATHS, "table"));
    }

    private static ImageKnowledge ofPaths(List<String> writes, String source) {
        return ofPaths(new Paths(writes, List.of()), source);
    }

    private static ImageKnowledge ofPaths(Paths paths, String source) {
        return new ImageKnowledge(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Fact<>(paths, source)),
                Optional.empty(),
                Optional.empty());
    }

    @Example
    void takesTheNumberOfANameFromTheSourceThatKnowsIt() {
        ImageKnowledge name = ImageKnowledge.ofUser(new ImageUser.Named("app", Optional.empty()), "registry");
        ImageKnowledge number =
                ImageKnowledge.ofUser(new ImageUser.Named("app", Optional.of(new UserId(5, Optional.of(6L)))), "table");
        ImageKnowledge other =
                ImageKnowledge.ofUser(new ImageUser.Named("web", Optional.of(new UserId(5, Optional.of(6L)))), "table");

        assertThat(name.orElse(number)).isEqualTo(number);
        assertThat(number.orElse(name)).isEqualTo(number);
        assertThat(name.orElse(other)).isEqualTo(name);
        assertThat(name.orElse(ImageKnowledge.ofUser(new ImageUser.Root(), "table")))
                .isEqualTo(name);
    }

    @Example
    void takesTheGroupAndTheNameOfAUserThatWasSeenFromTheSourceThatKnowsThem() {
        ImageKnowledge seen = ImageKnowledge.ofUser(ImageUser.observed(65532, Optional.of(0L)), "running");
        UserId id = new UserId(65532, Optional.of(65532L));

        assertThat(seen.orElse(ImageKnowledge.ofUser(new ImageUser.Numeric(65532, Optional.of(65532L)), "table")))
                .isEqualTo(ImageKnowledge.ofUser(new ImageUser.Observed(id), "running; table"));
        ImageUser named = new ImageUser.Named("app", Optional.of(id));
        assertThat(seen.orElse(ImageKnowledge.ofUser(named, "table")))
                .isEqualTo(ImageKnowledge.ofUser(named, "running; table"));
        assertThat(seen.orElse(ImageKnowledge.ofUser(new ImageUser.Numeric(65532), "table")))
                .isEqualTo(seen);
        assertThat(seen.orElse(ImageKnowledge.ofUser(new ImageUser.Numeric(7, Optional.of(7L)), "table")))
                .isEqualTo(seen);
    }

    private static ImageLookup lookup(Optional<ImageKnowledge> known) {
        return image -> image.equals(IMAGE) ? known : Optional.empty();
    }

    private static <T> Optional<Fact<T>> firstThatKnows(
            List<Optional<ImageKnowledge>> sources, Function<ImageKnowledge, Optional<Fact<T>>> attribute) {
        return sources.stream()
                .flatMap(Optional::stream)
                .map(attribute)
                .flatMap(Optional::stream)
                .findFirst();
    }

    @Provide
    Arbitrary<Optional<ImageKnowledge>> knowledge() {
        Arbitrary<String> sources = Arbitraries.of("policy", "running", "registry", "table");
        Arbitrary<ImageUser> users = Arbitraries.of(
                new ImageUser.Root(),
                new ImageUser.Numeric(7),
                new ImageUser.Named("app", Optional.empty()),
                ImageUser.observed(0, Optional.of(0L)),
                ImageUser.observed(8, Optional.of(9L)));
        return Combinators.combine(
                        fact(users, sources),
                        fact(Arbitraries.of(new UserId(5, Optional.empty()), new UserId(5, Optional.of(6L))), sources),
                        fact(Arbitraries.of(Paths.NONE, PATHS), sources),
                        fact(Arbitraries.of(List.<Integer>of(), List.of(80)), sources),
                        fact(Arbitraries.of(List.<String>of(), List.of("CHOWN")), sources))
                .as(ImageKnowledge::new)
                .optional();
    }

    private static <T> Arbitrary<Optional<Fact<T>>> fact(Arbitrary<T> values, Arbitrary<String> sources) {
        return Combinators.combine(values, sources).as(Fact::new).optional();
    }

    @Property(tries = 50)
    void seenUserIsRootOrItsNumber(@ForAll("numbers") long uid) {
        ImageUser user = ImageUser.observed(uid, Optional.of(3L));

        assertThat(user)
                .isEqualTo(uid == 0 ? new ImageUser.Root() : new ImageUser.Observed(new UserId(uid, Optional.of(3L))));
    }

    @Provide
    Arbitrary<Long> numbers() {
        return Arbitraries.oneOf(
                Stream.of(Arbitraries.just(0L), Arbitraries.longs().between(0, 4_294_967_295L))
                        .toList());
    }
}
