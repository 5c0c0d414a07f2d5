package dev.bulkhead.app.console.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.MovingClock;
import dev.bulkhead.app.console.access.NamespaceAccess.Seen;
import dev.bulkhead.engine.evaluation.Evaluations;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NamespaceAccessTest {
    private static final Identity ADA = Identity.of("ada", List.of("shop-team"));

    private final MovingClock clock = new MovingClock(Evaluations.NOW);
    private final TestReviews reviews = new TestReviews();
    private final NamespaceAccess access =
            new NamespaceAccess(reviews, () -> List.of("shop", "bank", "kube-system"), clock);

    @AfterEach
    void stop() {
        access.close();
    }

    @Test
    void asksOnceForAllNamespaces() {
        reviews.allow("ada", "*");

        assertThat(access.of(ADA)).isEqualTo(new Seen(true, Set.of(), Optional.empty()));
        assertThat(reviews.asked("shop")).isZero();
    }

    @Test
    void asksForEachNamespaceOtherwise() {
        reviews.allow("ada", "shop");

        assertThat(access.of(ADA)).isEqualTo(new Seen(false, Set.of("shop"), Optional.empty()));
    }

    @Test
    void keepsAnAnswerForLessThanAMinute() {
        reviews.allow("ada", "shop");
        access.of(ADA);
        access.of(ADA);
        assertThat(reviews.asked("*")).isOne();

        reviews.rights.clear();
        clock.pass(NamespaceAccess.HOLDS);
        assertThat(access.of(ADA).namespaces()).isEmpty();
        assertThat(NamespaceAccess.HOLDS).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void asksForEachPersonAndForOtherGroupsOfTheSame() {
        reviews.allow("ada", "*");
        access.of(ADA);

        assertThat(access.of(Identity.of("bob", List.of())).everything()).isFalse();
        access.of(Identity.of("ada", List.of()));
        assertThat(reviews.asked("*")).isEqualTo(3);
    }

    @Test
    void asksOnceForAllTokensOfAnAccountThatDifferInTheirIdsOnly() {
        reviews.allow("ada", "shop");
        for (int i = 0; i < 100; i++) {
            access.of(new Identity(
                    "ada",
                    "",
                    Set.of(),
                    Map.of(
                            "authentication.kubernetes.io/credential-id",
                            List.of("JTI=" + i),
                            "authentication.kubernetes.io/node-name",
                            List.of("n" + i % 2))));
        }

        assertThat(reviews.asked("*")).as("on each node").isEqualTo(2);
        assertThat(reviews.asked("shop")).isEqualTo(2);
    }

    @Test
    void showsNothingWhenTheApiServerDoesNotAnswer() {
        reviews.allow("ada", "*");
        reviews.down = true;

        Seen seen = access.of(ADA);
        assertThat(seen.everything()).isFalse();
        assertThat(seen.namespaces()).isEmpty();
        assertThat(seen.limit()).hasValueSatisfying(text -> assertThat(text).contains("nothing is shown"));

        reviews.down = false;
        assertThat(access.of(ADA)).as("a failure holds for a while").isEqualTo(seen);
        clock.pass(NamespaceAccess.FAILURE_HOLDS);
        assertThat(access.of(ADA).everything()).isTrue();
    }

    @Test
    void leavesOutANamespaceOfWhichTheApiServerSaysNothing() {
        reviews.allow("ada", "shop");
        reviews.allow("ada", "bank");
        reviews.silentAbout = Optional.of("bank");

        Seen seen = access.of(ADA);
        assertThat(seen.namespaces()).containsExactly("shop");
        assertThat(seen.limit()).isPresent();
    }

    @Test
    void goesOnWhereTheTimeOfTheLastQuestionsEnded() {
        List<String> names = IntStream.range(0, 20)
                .mapToObj(i -> String.format("ns-%02d", i))
                .toList();
        names.forEach(name -> reviews.allow("ada", name));
        try (NamespaceAccess many = new NamespaceAccess(reviews, () -> names, clock)) {
            for (int round = 1; round < 4; round++) {
                reviews.answers.set(6);
                Seen part = many.of(ADA);
                assertThat(part.namespaces()).hasSize(6 * round);
                assertThat(part.limit()).isPresent();
                clock.pass(NamespaceAccess.FAILURE_HOLDS);
            }
            reviews.answers.set(6);

            assertThat(many.of(ADA)).isEqualTo(new Seen(false, Set.copyOf(names), Optional.empty()));
        }
    }

    @Test
    void keepsNothingOfThatForAMinuteEither() {
        List<String> names = List.of("ns-1", "ns-2", "ns-3");
        names.forEach(name -> reviews.allow("ada", name));
        try (NamespaceAccess many = new NamespaceAccess(reviews, () -> names, clock)) {
            reviews.answers.set(2);
            assertThat(many.of(ADA).namespaces()).hasSize(2);
            clock.pass(NamespaceAccess.FAILURE_HOLDS);
            reviews.answers.set(2);
            assertThat(many.of(ADA).namespaces()).hasSize(3);

            reviews.rights.clear();
            reviews.answers.set(2);
            clock.pass(NamespaceAccess.HOLDS.minus(NamespaceAccess.FAILURE_HOLDS));
            assertThat(many.of(ADA).namespaces()).as("what was said last").hasSize(1);
            clock.pass(NamespaceAccess.HOLDS);
            assertThat(many.of(ADA).namespaces()).isEmpty();
        }
    }

    @Test
    void remembersALimitedNumberOfPeople() {
        access.of(ADA);
        for (int i = 0; i < 500; i++) {
            access.of(Identity.of("person-" + i, List.of()));
        }
        int before = reviews.asked("*");
        access.of(ADA);

        assertThat(reviews.asked("*")).isEqualTo(before + 1);
    }
}
