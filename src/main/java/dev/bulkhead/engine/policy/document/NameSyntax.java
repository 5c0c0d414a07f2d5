package dev.bulkhead.engine.policy.document;

/** The names that the API server accepts. Nothing can exist under another name, so one in a policy is a mistake. */
public enum NameSyntax {
    NAMESPACE("the name of a namespace", "at most 63 lower-case letters, digits and \"-\", not at the ends") {
        @Override
        public boolean accepts(String name) {
            return isDnsLabel(name);
        }
    },
    WORKLOAD("the name of a workload", "at most 253 lower-case letters, digits, \".\" and \"-\", not at the ends") {
        @Override
        public boolean accepts(String name) {
            return isDnsSubdomain(name);
        }
    },
    CONTAINER("the name of a container", "at most 63 lower-case letters, digits and \"-\", not at the ends") {
        @Override
        public boolean accepts(String name) {
            return isDnsLabel(name);
        }
    },
    LABEL_KEY(
            "the key of a label",
            "at most 63 letters, digits, \"-\", \"_\" and \".\", with or without a domain and \"/\"") {
        @Override
        public boolean accepts(String key) {
            int slash = key.indexOf('/');
            return !key.isEmpty()
                    && (slash < 0 || isDnsSubdomain(key.substring(0, slash)))
                    && !key.endsWith("/")
                    && LABEL_VALUE.accepts(key.substring(slash + 1));
        }
    },
    LABEL_VALUE("the value of a label", "at most 63 letters, digits, \"-\", \"_\" and \".\", not at the ends") {
        @Override
        public boolean accepts(String value) {
            return value.isEmpty()
                    || (value.length() <= LONGEST_LABEL
                            && isAlphanumeric(value.charAt(0))
                            && isAlphanumeric(value.charAt(value.length() - 1))
                            && value.chars().allMatch(c -> isAlphanumeric(c) || c == '-' || c == '_' || c == '.'));
        }
    };

    private static final int LONGEST_LABEL = 63;
    private static final int LONGEST_SUBDOMAIN = 253;

    private final String noun;
    private final String expected;

    NameSyntax(String noun, String expected) {
        this.noun = noun;
        this.expected = expected;
    }

    /** Whether an object can have that name. */
    public abstract boolean accepts(String name);

    /** What is wrong with a rejected name, and what is expected. */
    public String objectionTo(String name) {
        String wrong = "\"" + name + "\" is not " + noun + ": ";
        if (name.indexOf('*') >= 0 || name.indexOf('?') >= 0) {
            return wrong + "globs are not supported, list the names";
        }
        if (this == WORKLOAD && name.endsWith("-")) {
            return wrong + "what generateName makes of it is not known beforehand, name what makes the workload";
        }
        return wrong + "expected " + expected;
    }

    private static boolean isDnsLabel(String name) {
        return name.length() <= LONGEST_LABEL && isLabelOfAnyLength(name);
    }

    private static boolean isDnsSubdomain(String name) {
        if (name.length() > LONGEST_SUBDOMAIN) {
            return false;
        }
        for (String label : name.split("\\.", -1)) {
            if (!isLabelOfAnyLength(label)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLabelOfAnyLength(String label) {
        return !label.isEmpty()
                && !label.startsWith("-")
                && !label.endsWith("-")
                && label.chars().allMatch(c -> isLowerCase(c) || isDigit(c) || c == '-');
    }

    private static boolean isAlphanumeric(int c) {
        return isLowerCase(c) || isDigit(c) || (c >= 'A' && c <= 'Z');
    }

    private static boolean isLowerCase(int c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
