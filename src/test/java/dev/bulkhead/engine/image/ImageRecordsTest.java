package dev.bulkhead.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.image.RecordedImage.Origin;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private static Map<String, Optional<ObservedUser>> running(String image, String user) {
        return Map.of(image, ObservedUser.parse(user));
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
                .with(Map.of(WEB, ObservedUser.parse("0"), BY_DIGEST, ObservedUser.parse("0")), TODAY)
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
            records = records.with(Map.of(WEB, Optional.empty()), TODAY.plusDays(day));
        }

        assertThat(user(records, WEB)).contains(as(1000));
        assertThat(ImageRecords.EMPTY.with(Map.of(WEB, Optional.empty()), TODAY).size())
                .isZero();
    }

    @Test
    void imagesThatNoLongerRunAreForgottenInTime() {
        ImageRecords records = ImageRecords.EMPTY.with(
                Map.of(
                        WEB,
                        ObservedUser.parse("1000"),
                        BY_DIGEST,
                        ObservedUser.parse("0"),
                        "docker.io/acme/root:1",
                        ObservedUser.parse("0")),
                TODAY);

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
    void isReadAsItIsWritten(@ForAll("images") Map<String, Optional<ObservedUser>> images) {
        ImageRecords records = ImageRecords.EMPTY.with(images, TODAY);
        ImageRecords.Read read = ImageRecords.read(records.text());

        assertThat(read.unreadable()).isZero();
        assertThat(read.records().text()).isEqualTo(records.text());
        assertThat(read.records().with(images, TODAY).text())
                .as("the same once more changes nothing")
                .isEqualTo(records.text());
    }

    @Provide
    Arbitrary<Map<String, Optional<ObservedUser>>> images() {
        Arbitrary<String> names = Combinators.combine(
                        Arbitraries.strings()
                                .withCharRange('a', 'z')
                                .ofMinLength(1)
                                .ofMaxLength(4),
                        Arbitraries.of(":1", ":latest", "@sha256:" + "0".repeat(64)))
                .as((name, version) -> "docker.io/acme/" + name + version);
        Arbitrary<Optional<ObservedUser>> users = Arbitraries.of("0", "1", "1000:1000", "1000:5", "differs", "none")
                .map(ObservedUser::parse);
        return Arbitraries.maps(names, users).ofMaxSize(20);
    }

    @Test
    void howManyImagesATenantMakesUpDoesNotMatter() {
        Map<String, Optional<ObservedUser>> legion = new LinkedHashMap<>();
        for (int i = 0; i < 2 * ImageRecords.MOST; i++) {
            legion.put("docker.io/legion/x:" + i, ObservedUser.parse("1000"));
        }
        ImageRecords before = ImageRecords.EMPTY.with(running(WEB, "7"), TODAY.minusDays(1));

        ImageRecords full = before.with(legion, TODAY);
        assertThat(full.size()).isEqualTo(ImageRecords.MOST);
        assertThat(full.text().length()).isLessThanOrEqualTo(ImageRecords.MOST_BYTES);
        assertThat(user(full, WEB)).as("the longest unseen goes first").isEmpty();

        assertThat(user(full.with(running(WEB, "7"), TODAY), WEB))
                .as("what runs goes before what no longer does")
                .isPresent();
        Map<String, Optional<ObservedUser>> sesquipedalian = new LinkedHashMap<>();
        for (int i = 0; i < ImageRecords.MOST; i++) {
            sesquipedalian.put("docker.io/legion/" + "x".repeat(200) + ":" + i, ObservedUser.parse("1000"));
        }
        assertThat(ImageRecords.EMPTY.with(sesquipedalian, TODAY).text().length())
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
                        : Optional.of(new ImageKnowledge.Fact<>(new ImageKnowledge.Paths(volumes, List.of()), source)),
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
        assertThat(user(tag.with(Map.of(WEB, Optional.empty()), TODAY.plusDays(8)), WEB))
                .isEmpty();
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
