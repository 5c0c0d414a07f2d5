package dev.bulkhead.engine.image;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The user that containers of an image were seen to run as, where the pod left it to the image. */
public sealed interface ObservedUser {
    /** The largest number that the API server takes for a user or a group. */
    long LARGEST = Integer.MAX_VALUE;

    /**
     * One user.
     *
     * @param gid its group; empty where the pod chose the group, and of root
     */
    record Single(long uid, Optional<Long> gid) implements ObservedUser {
        public Single {
            if (uid < 0
                    || uid > LARGEST
                    || gid.filter(id -> id < 0 || id > LARGEST).isPresent()) {
                throw new IllegalArgumentException("no user and group: " + uid + " " + gid);
            }
            gid = uid == 0 ? Optional.empty() : gid;
        }

        @Override
        public String toString() {
            return uid + gid.map(id -> ":" + id).orElse("");
        }
    }

    /** Containers of the image ran as different users, so that nothing is known of the next one. */
    record Differing() implements ObservedUser {
        private static final String TEXT = "differs";

        @Override
        public String toString() {
            return TEXT;
        }
    }

    /** What is known of an image of which both were seen. The order of what is seen makes no difference. */
    default ObservedUser and(ObservedUser other) {
        if (this instanceof Single one && other instanceof Single another && one.uid() == another.uid()) {
            if (one.gid().isEmpty() || another.gid().isEmpty()) {
                return new Single(one.uid(), one.gid().or(another::gid));
            }
            return one.equals(another) ? one : new Differing();
        }
        return new Differing();
    }

    /** The user as it says itself; empty if nothing is known of it. */
    default Optional<ImageUser> asImageUser() {
        return this instanceof Single number
                ? Optional.of(ImageUser.observed(number.uid(), number.gid()))
                : Optional.empty();
    }

    /** Reads {@code UID}, {@code UID:GID} or {@code differs}; empty if it is none of these. */
    static Optional<ObservedUser> parse(String text) {
        if (text.equals(Differing.TEXT)) {
            return Optional.of(new Differing());
        }
        Matcher numbers = Digits.FORM.matcher(text);
        if (!numbers.matches()) {
            return Optional.empty();
        }
        long uid = Long.parseLong(numbers.group(1));
        Optional<Long> gid = Optional.ofNullable(numbers.group(2)).map(Long::parseLong);
        boolean inRange = uid <= LARGEST && gid.filter(id -> id > LARGEST).isEmpty();
        return inRange ? Optional.of(new Single(uid, gid)) : Optional.empty();
    }

    /** How users are written. */
    final class Digits {
        private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]{0,9})(?::(0|[1-9][0-9]{0,9}))?");

        private Digits() {}
    }
}
