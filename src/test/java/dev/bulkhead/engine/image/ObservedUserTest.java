package dev.bulkhead.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

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

class ObservedUserTest {
    @Property
    void orderOfWhatIsSeenMakesNoDifference(
            @ForAll("users") ObservedUser a, @ForAll("users") ObservedUser b, @ForAll("users") ObservedUser c) {
        assertThat(a.and(b)).isEqualTo(b.and(a));
        assertThat(a.and(b).and(c)).isEqualTo(a.and(b.and(c)));
        assertThat(a.and(a)).isEqualTo(a);
    }

    @Property
    void isReadAsItIsWritten(@ForAll("users") ObservedUser user) {
        assertThat(ObservedUser.parse(user.toString())).contains(user);
    }

    @Provide
    Arbitrary<ObservedUser> users() {
        Arbitrary<Long> ids = Arbitraries.of(0L, 1L, 1000L, ObservedUser.LARGEST);
        return Arbitraries.oneOf(
                Arbitraries.just(new ObservedUser.Differing()),
                Combinators.combine(ids, ids.optional()).as(ObservedUser.Single::new));
    }

    @Test
    void twoUsersOrTwoGroupsLeaveTheNextOneUnknown() {
        ObservedUser user = new ObservedUser.Single(1000, Optional.of(1000L));

        assertThat(user.asImageUser()).contains(new ImageUser.Observed(new ImageUser.UserId(1000, Optional.of(1000L))));
        assertThat(user.and(new ObservedUser.Single(1000, Optional.empty()))).isEqualTo(user);
        assertThat(user.and(new ObservedUser.Single(1000, Optional.of(5L))).asImageUser())
                .isEmpty();
        assertThat(user.and(new ObservedUser.Single(0, Optional.empty())).asImageUser())
                .isEmpty();
        assertThat(new ObservedUser.Single(0, Optional.of(7L)).and(new ObservedUser.Single(0, Optional.of(8L))))
                .as("the group of root does not matter")
                .hasToString("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "01", "1:", ":1", "1:2:3", "2147483648", "1:2147483648", "root", "99999999999"})
    void readsNothingElse(String text) {
        assertThat(ObservedUser.parse(text)).isEmpty();
    }
}
