package dev.bulkhead.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.image.RecordedImage.Origin;
import dev.bulkhead.engine.image.RunningImage.Version;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageRecordsTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 27);
    private static final String WEB = "docker.io/acme/web:1";
    private static final String BY_DIGEST = "docker.io/acme/web@sha256:" + "a".repeat(64);

    private static final String OLD = "sha256:" + "1".repeat(64);
    private static final String NEW = "sha256:" + "2".repeat(64);

    private static Map<String, RunningImage> running(String image, String user) {
        return Map.of(image, as(user));
    }

    /** An image that runs in one namespace, of which the runtime does not say the digest. */
    private static RunningImage as(String user) {
        return new RunningImage(List.of(new Version(Optional.empty(), ObservedUser.parse(user), "")), 1);
    }

    /** A tag that stands for digests: {@code USER DIGEST CREATED}, the user {@code -} where pods name one. */
    private static Map<String, RunningImage> tag(String... versions) {
        return Map.of(
                WEB,
                new RunningImage(
                        Stream.of(versions)
                                .map(version -> version.split(" "))
                                .map(cells ->
                                        new Version(Optional.of(cells[1]), ObservedUser.parse(cells[0]), cells[2]))
                                .toList(),
                        1));
    }

    private static List<String> lines(ImageRecords records) {
        return records.text().lines().filter(line -> !line.startsWith("#")).toList();
    }

    private static Optional<ImageUser> user(ImageRecords records, String image) {
        return records.lookup()
                .find(ImageReference.parse(image).orElseThrow())
                .flatMap(ImageKnowledge::user)
                .map(ImageKnowledge.Fact::value);
    }

    private static ImageUser as(long uid) {
        return ImageUser.observed(uid, Optional.of(uid));
    }

    @Test
    void whatRunsIsOneLineThatPeopleCanRead() {
        ImageRecords records = ImageRecords.EMPTY.with(running(WEB, "1000:1000"), TODAY);

        assertThat(records.text().lines().filter(line -> !line.startsWith("#")))
                .containsExactly("docker.io/acme/web:1 running 2026-11-27 user=1000:1000");
        assertThat(records.lookup().find(ImageReference.parse("acme/web:1").orElseThrow()))
                .contains(ImageKnowledge.ofUser(as(1000), "a container that runs or ran in this cluster"));
        assertThat(user(records, "acme/web:2")).isEmpty();
        assertThat(user(records, "other.example/acme/web:1")).isEmpty();
    }

    @Test
    void imagesAreFoundByDigestOrTagAndLatestIsATag() {
        ImageRecords records = ImageRecords.EMPTY
                .with(running(BY_DIGEST, "7:7"), TODAY)
                .with(running("docker.io/library/nginx:latest", "101:101"), TODAY);

        assertThat(user(records, "nginx")).contains(as(101));
        assertThat(user(records, "acme/web:5@sha256:" + "a".repeat(64)))
                .as("a tag beside a digest is not looked at")
                .contains(as(7));
        assertThat(user(records, "acme/web")).isEmpty();
    }

    @Test
    void tagThatWasSeenWithTwoUsersIsUnknownAndItsDigestsStayKnown() {
        ImageRecords records = ImageRecords.EMPTY
                .with(Map.of(WEB, as("0"), BY_DIGEST, as("0")), TODAY)
                .with(running(WEB, "1000"), TODAY.plusDays(1));

        assertThat(user(records, WEB)).isEmpty();
        assertThat(records.text()).contains(WEB + " running 2026-11-28 user=differs");
        assertThat(user(records, BY_DIGEST)).contains(new ImageUser.Root());
        assertThat(user(records.with(running(WEB, "1000"), TODAY.plusDays(2)), WEB))
                .isEmpty();
    }

    @Test
    void imagesThatRunAndTellNoUserKeepTheOneTheyHad() {
        ImageRecords records = ImageRecords.EMPTY.with(running(WEB, "1000:1000"), TODAY);
        for (int day = 1; day < 400; day += 50) {
            records = records.with(running(WEB, "-"), TODAY.plusDays(day));
        }

        assertThat(user(records, WEB)).contains(as(1000));
        assertThat(ImageRecords.EMPTY.with(running(WEB, "-"), TODAY).size()).isZero();
    }

    @Test
    void imagesThatNoLongerRunAreForgottenInTime() {
        ImageRecords records = ImageRecords.EMPTY.with(
                Map.of(WEB, as("1000"), BY_DIGEST, as("0"), "docker.io/acme/root:1", as("0")), TODAY);

        assertThat(records.with(Map.of(), TODAY.plusDays(ImageRecords.DAYS_OF_ROOT))
                        .size())
                .isEqualTo(3);
        assertThat(records.with(Map.of(), TODAY.plusDays(ImageRecords.DAYS_OF_ROOT + 1))
                        .find("docker.io/acme/root:1", Origin.RUNNING))
                .as("its next version may not be root")
                .isEmpty();
        assertThat(records.with(Map.of(), TODAY.plusDays(ImageRecords.DAYS)).size())
                .isEqualTo(2);
        assertThat(records.with(Map.of(), TODAY.plusDays(ImageRecords.DAYS + 1)).size())
                .isZero();
    }

    @Property(tries = 200)
    void isReadAsItIsWritten(@ForAll("images") Map<String, RunningImage> images) {
        ImageRecords records = ImageRecords.EMPTY.with(images, TODAY);
        ImageRecords.Read read = ImageRecords.read(records.text());

        assertThat(read.unreadable()).isZero();
        assertThat(read.records().text()).isEqualTo(records.text());
        assertThat(read.records().with(images, TODAY).text())
                .as("the same once more changes nothing")
                .isEqualTo(records.text());
    }

    @Provide
    Arbitrary<Map<String, RunningImage>> images() {
        Arbitrary<String> names = Combinators.combine(
                        Arbitraries.strings()
                                .withCharRange('a', 'z')
                                .ofMinLength(1)
                                .ofMaxLength(4),
                        Arbitraries.of(":1", ":latest", "@sha256:" + "0".repeat(64)))
                .as((name, version) -> "docker.io/acme/" + name + version);
        Arbitrary<Version> versions = Combinators.combine(
                        Arbitraries.of(OLD, NEW).optional(),
                        Arbitraries.of("0", "1", "1000:1000", "1000:5", "differs", "none")
                                .map(ObservedUser::parse),
                        Arbitraries.of("2026-11-27T08:00:00Z", "2026-11-27T09:00:00Z"))
                .as(Version::new);
        return Arbitraries.maps(
                        names,
                        versions.list()
                                .uniqueElements(Version::digest)
                                .ofMinSize(1)
                                .ofMaxSize(3)
                                .map(of -> new RunningImage(of, 1)))
                .ofMaxSize(20);
    }

    @Test
    void movedTagKeepsTheNumberOfTheVersionBeforeAsADoubt() {
        ImageRecords seen = ImageRecords.EMPTY.with(tag("1000 " + OLD + " 08"), TODAY);
        assertThat(lines(seen)).containsExactly(WEB + " running 2026-11-27 digest=sha256:1111111111111111 user=1000");

        ImageRecords same = seen.with(tag("- " + OLD + " 09"), TODAY.plusDays(1));
        assertThat(lines(same)).containsExactly(WEB + " running 2026-11-28 digest=sha256:1111111111111111 user=1000");

        ImageRecords moved = same.with(tag("- " + OLD + " 09", "- " + NEW + " 10"), TODAY.plusDays(2));
        assertThat(lines(moved))
                .containsExactly(WEB + " running 2026-11-28 digest=sha256:1111111111111111 moved=2026-11-29 user=1000");
        assertThat(user(moved, WEB))
                .contains(new ImageUser.Observed(new ImageUser.UserId(1000, Optional.empty()), true));
        assertThat(user(moved.with(tag("- " + NEW + " 10"), TODAY.plusDays(400)), WEB))
                .as("pods that run depend on it")
                .isPresent();
        assertThat(user(moved.with(tag("- " + OLD + " 11"), TODAY.plusDays(3)), WEB))
                .as("moved back")
                .contains(new ImageUser.Observed(new ImageUser.UserId(1000, Optional.empty())));

        ImageRecords told = moved.with(tag("- " + NEW + " 10", "7 " + NEW + " 10"), TODAY.plusDays(3));
        assertThat(lines(told)).containsExactly(WEB + " running 2026-11-30 digest=sha256:2222222222222222 user=7");
    }

    @Test
    void whatIsKnownOfTheNewDigestCountsForItsTag() {
        ImageRecords records = ImageRecords.EMPTY
                .with(tag("1000 " + OLD + " 08"), TODAY)
                .with(running("docker.io/acme/web@" + NEW, "7"), TODAY)
                .with(tag("- " + NEW + " 09"), TODAY);

        assertThat(lines(records)).contains(WEB + " running 2026-11-27 digest=sha256:2222222222222222 user=7");
    }

    @Test
    void tagHasTheUserOfTheVersionThatCameIntoUseLast() {
        ImageRecords records = ImageRecords.EMPTY.with(tag("1000 " + OLD + " 08", "2000 " + NEW + " 09"), TODAY);
        assertThat(user(records, WEB)).contains(new ImageUser.Observed(new ImageUser.UserId(2000, Optional.empty())));

        assertThat(user(ImageRecords.EMPTY.with(tag("1000 " + OLD + " 08", "- " + NEW + " 09"), TODAY), WEB))
                .as("nothing is known of the last one")
                .contains(new ImageUser.Observed(new ImageUser.UserId(1000, Optional.empty()), true));

        ImageRecords atOnce = ImageRecords.EMPTY.with(tag("1000 " + OLD + " 09", "2000 " + NEW + " 09"), TODAY);
        assertThat(user(atOnce, WEB)).isEmpty();
        assertThat(user(atOnce.with(tag("2000 " + NEW + " 10"), TODAY), WEB))
                .as("the difference ends with the pods of the other one")
                .isPresent();
    }

    @Test
    void rootOfATagEndsUnlessAPodTellsIt() {
        ImageRecords root = ImageRecords.EMPTY.with(tag("0 " + OLD + " 08"), TODAY);
        assertThat(user(root, WEB)).contains(new ImageUser.Root());

        ImageRecords named = root;
        for (int day = 1; day <= ImageRecords.DAYS_OF_ROOT; day++) {
            named = named.with(tag("- " + OLD + " 08"), TODAY.plusDays(day));
            assertThat(user(named, WEB)).contains(new ImageUser.Root());
        }
        assertThat(lines(named.with(tag("- " + OLD + " 08"), TODAY.plusDays(ImageRecords.DAYS_OF_ROOT + 1))))
                .isEmpty();
        assertThat(lines(root.with(tag("- " + NEW + " 09"), TODAY)))
                .as("another version")
                .isEmpty();
        assertThat(user(root.with(tag("0 " + OLD + " 08"), TODAY.plusDays(30)), WEB))
                .contains(new ImageUser.Root());
    }

    @Test
    void rootThatTheTableDoesNotKnowIsDisputed() {
        String table = "docker.io/nginxinc/nginx-unprivileged:1";
        ImageRecords records = ImageRecords.EMPTY.with(
                Map.of(table, as("0"), "docker.io/library/nginx:1", as("0"), WEB, as("0")), TODAY);

        assertThat(user(records, table)).contains(new ImageUser.Disputed());
        assertThat(user(records, "nginx:1")).contains(new ImageUser.Root());
        RecordedImage root = RecordedImage.answered(table, answer(new ImageUser.Root(), List.of(), List.of()), TODAY)
                .orElseThrow();
        assertThat(user(records.with(Map.of(), List.of(root), TODAY), table))
                .as("the registry confirms it")
                .contains(new ImageUser.Root());
        assertThat(user(records, WEB)).contains(new ImageUser.Root());
    }

    private static Map<String, RunningImage> legion(String pattern) {
        Map<String, RunningImage> legion = new LinkedHashMap<>();
        for (int i = 0; i < 2 * ImageRecords.MOST; i++) {
            legion.put(pattern.formatted(i), as("1000"));
        }
        return legion;
    }

    private static Map<String, RunningImage> and(Map<String, RunningImage> images, String image, RunningImage as) {
        Map<String, RunningImage> more = new LinkedHashMap<>(images);
        more.put(image, as);
        return more;
    }

    @Test
    void howManyImagesATenantMakesUpDoesNotMatter() {
        String other = "docker.io/zeta/web:1";
        ImageRecords before = ImageRecords.EMPTY.with(running(other, "7"), TODAY.minusDays(1));

        ImageRecords tags = before.with(legion("docker.io/legion/x:%s"), TODAY);
        assertThat(tags.size()).isEqualTo(ImageRecords.MOST_OF_REPOSITORY + 1);
        assertThat(user(tags, other)).isPresent();

        Map<String, RunningImage> legion = legion("docker.io/legion/x%s:1");
        ImageRecords full = before.with(legion, TODAY);
        assertThat(full.size()).isEqualTo(ImageRecords.MOST);
        assertThat(full.text().length()).isLessThanOrEqualTo(ImageRecords.MOST_BYTES);
        assertThat(user(full, other)).as("it ran lately").isPresent();
        assertThat(user(full.with(and(legion, other, as("-")), TODAY.plusDays(30)), other))
                .as("it runs")
                .isPresent();
        assertThat(user(full.with(legion, TODAY.plusDays(30)), other))
                .as("the longest unseen goes first")
                .isEmpty();
        RunningImage everywhere =
                new RunningImage(List.of(new Version(Optional.empty(), ObservedUser.parse("8"), "")), 2);
        assertThat(user(ImageRecords.EMPTY.with(and(legion, other, everywhere), TODAY), other))
                .as("it runs in more namespaces")
                .isPresent();
    }

    @Test
    void longNamesDoNotMakeItLonger() {
        ImageRecords full = ImageRecords.EMPTY.with(legion("docker.io/legion/" + "x".repeat(200) + "%s:1"), TODAY);

        assertThat(full.text().length())
                .isLessThanOrEqualTo(ImageRecords.MOST_BYTES)
                .isGreaterThan(ImageRecords.MOST_BYTES - 1000);
        assertThat(ImageRecords.EMPTY
                        .with(running("docker.io/" + "x".repeat(900) + ":1", "1"), TODAY)
                        .size())
                .as("a name that is too long")
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker.io/acme/web:1",
                "docker.io/acme/web:1 running 2026-11-27",
                "docker.io/acme/web:1 running 2026-13-27 user=7",
                "docker.io/acme/web:1 running 2026-11-27 user=x",
                "docker.io/acme/web:1 running 2026-11-27 user=1 user=2",
                "docker.io/acme/web:1 running 2026-11-27 gid=7",
                "docker.io/acme/web:1 running 2026-11-27 moved=soon user=7",
                "docker.io/acme/web:1 flying 2026-11-27 user=7",
                "acme/web:1 running 2026-11-27 user=7",
                "docker.io/acme/web running 2026-11-27 user=7",
                "docker.io/acme/web:1 running 2026-11-27 user=7 ",
                "{\"images\": []}",
                "\u0000\u202e"
            })
    void lineThatIsNoneIsLeftOutAndTheOthersCount(String line) {
        ImageRecords.Read read =
                ImageRecords.read(line + "\r\n\n" + "docker.io/acme/good:1 running 2026-11-27 user=7:7\n" + line);

        assertThat(read.unreadable()).isEqualTo(2);
        assertThat(read.firstUnreadable()).isPresent();
        assertThat(read.records().text().lines().filter(written -> !written.startsWith("#")))
                .containsExactly("docker.io/acme/good:1 running 2026-11-27 user=7:7");
    }

    @Test
    void sameImageTwiceCountsOnce() {
        ImageRecords.Read read =
                ImageRecords.read(WEB + " running 2026-11-27 user=7\n" + WEB + " running 2026-11-27 user=8\n");

        assertThat(read.unreadable()).isOne();
        assertThat(read.records().size()).isOne();
    }

    @Test
    void dayThatIsNotYetIsNotKept() {
        ImageRecords records =
                ImageRecords.read(WEB + " running 2999-01-01 user=7\n").records();

        assertThat(records.with(Map.of(), TODAY).text()).contains(WEB + " running 2026-11-27 user=7");
    }

    @Test
    void everyOriginSaysWhereItIsKnownFrom() {
        assertThat(List.of(Origin.values()))
                .allSatisfy(origin -> assertThat(origin.source()).isNotEmpty());
    }

    private static ImageKnowledge answer(ImageUser user, List<String> volumes, List<Integer> ports) {
        String source = "its registry";
        return new ImageKnowledge(
                Optional.of(new ImageKnowledge.Fact<>(user, source)),
                Optional.empty(),
                volumes.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new ImageKnowledge.Fact<>(ImageKnowledge.Paths.ofVolumes(volumes), source)),
                ports.isEmpty() ? Optional.empty() : Optional.of(new ImageKnowledge.Fact<>(ports, source)),
                Optional.empty());
    }

    private static ImageRecords answered(String image, ImageKnowledge known) {
        return ImageRecords.EMPTY.with(
                Map.of(), List.of(RecordedImage.answered(image, known, TODAY).orElseThrow()), TODAY);
    }

    @Test
    void whatARegistrySaidIsReadAsItWasWritten() {
        for (ImageUser user : List.of(
                new ImageUser.Root(),
                new ImageUser.Numeric(1000),
                new ImageUser.Numeric(1000, Optional.of(0L)),
                new ImageUser.Named("app", Optional.empty()))) {
            ImageKnowledge known = answer(user, List.of("/data", "/var/lib/x"), List.of(80, 8080));

            ImageRecords records =
                    ImageRecords.read(answered(WEB, known).text()).records();

            assertThat(records.lookup().find(ImageReference.parse(WEB).orElseThrow()))
                    .contains(known);
        }
        assertThat(answered(WEB, answer(new ImageUser.Named("app", Optional.empty()), List.of("/data"), List.of(80)))
                        .text()
                        .lines()
                        .filter(line -> !line.startsWith("#")))
                .containsExactly(WEB + " registry 2026-11-27 name=app ports=80 volumes=/data");
    }

    @Test
    void namesAndPathsThatNoLineCanHoldAreLeftOut() {
        for (String name : List.of("a b", "", "a\nb", "é", "x".repeat(65))) {
            assertThat(RecordedImage.answered(
                            WEB, answer(new ImageUser.Named(name, Optional.empty()), List.of(), List.of()), TODAY))
                    .isEmpty();
        }
        assertThat(RecordedImage.answered(
                        WEB, answer(new ImageUser.Root(), List.of("/a b", "/c,d", "/e\nf", "/g"), List.of()), TODAY))
                .map(RecordedImage::facts)
                .contains(Map.of("user", "0", "volumes", "/g"));
        assertThat(RecordedImage.answered(
                        WEB, answer(new ImageUser.Root(), List.of("/" + "a".repeat(600)), List.of()), TODAY))
                .map(RecordedImage::facts)
                .contains(Map.of("user", "0"));
    }

    @Test
    void whatRunsComesBeforeWhatTheRegistrySaid() {
        ImageRecords records = answered(WEB, answer(new ImageUser.Root(), List.of("/data"), List.of()))
                .with(running(WEB, "1000:1000"), TODAY);

        assertThat(user(records, WEB)).contains(as(1000));
        assertThat(records.lookup()
                        .find(ImageReference.parse(WEB).orElseThrow())
                        .orElseThrow()
                        .writes())
                .containsExactly("/data");
    }

    @Test
    void whatARegistrySaidOfATagIsForgottenAfterAWeekWhateverRuns() {
        ImageRecords tag = answered(WEB, answer(new ImageUser.Numeric(1), List.of(), List.of()));
        ImageRecords digest = answered(BY_DIGEST, answer(new ImageUser.Numeric(1), List.of(), List.of()));

        assertThat(user(tag.with(Map.of(), TODAY.plusDays(7)), WEB)).isPresent();
        assertThat(user(tag.with(running(WEB, "-"), TODAY.plusDays(8)), WEB)).isEmpty();
        assertThat(user(digest.with(Map.of(), TODAY.plusDays(90)), BY_DIGEST)).isPresent();
        assertThat(user(digest.with(Map.of(), TODAY.plusDays(91)), BY_DIGEST)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ports=80", "user=differs", "user=-1", "user=x", "name=", "volumes=/data"})
    void whatIsNoAnswerOfARegistryIsUnreadable(String facts) {
        assertThat(ImageRecords.read(WEB + " registry 2026-11-27 " + facts).unreadable())
                .isOne();
    }
}
