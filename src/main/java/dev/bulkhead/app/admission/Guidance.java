package dev.bulkhead.app.admission;

import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.text.SafeText;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * Where messages send their readers: to the rules' pages, which can be read without the program, and to the platform
 * team. Both come from settings and appear in every denial, so they are one line each.
 *
 * @param pages the address of a rule's page, in which {@code {rule}} stands for the rule's id; without it, the id is
 *     appended
 * @param contact who to ask, and how to request an exemption
 */
public record Guidance(String pages, Optional<String> contact) {
    /** The project's pages, and no contact. */
    public static final Guidance DEFAULT = new Guidance(RuleInfo.PAGES, Optional.empty());

    /** With an address of this length, a warning with the longest rule id is not truncated. */
    private static final int LONGEST_PAGES = 200;

    private static final int LONGEST_CONTACT = 200;
    private static final int QUOTED = 80;
    private static final String ANY_RULE = "{rule}";

    /**
     * Checks both.
     *
     * @throws IllegalArgumentException when one of them does not fit into a message; the message says what is expected
     */
    public Guidance {
        if (!isAddress(pages)) {
            throw new IllegalArgumentException("expected an http or https address without user name, of at most "
                    + LONGEST_PAGES + " characters, such as " + RuleInfo.PAGES + ", found \""
                    + SafeText.line(pages, QUOTED) + '"');
        }
        contact.ifPresent(Guidance::checkContact);
    }

    /** A copy with these pages. */
    public Guidance withPages(String others) {
        return new Guidance(others, contact);
    }

    /** A copy with this contact. */
    public Guidance withContact(String other) {
        return new Guidance(pages, Optional.of(other));
    }

    /** The address of the rule's page. */
    public String page(RuleInfo rule) {
        return rule.helpUrl(pages);
    }

    /** The line with the contact, if there is one. */
    public Optional<String> contactLine() {
        return contact.map(line -> "Questions and exemptions: " + line);
    }

    private static void checkContact(String contact) {
        if (contact.isBlank()
                || contact.length() > LONGEST_CONTACT
                || !SafeText.line(contact).equals(contact)) {
            throw new IllegalArgumentException("expected one line of at most " + LONGEST_CONTACT
                    + " characters, without control characters, found \"" + SafeText.line(contact, QUOTED) + '"');
        }
    }

    private static boolean isAddress(String text) {
        if (text.length() > LONGEST_PAGES) {
            return false;
        }
        try {
            URI address = new URI(text.replace(ANY_RULE, "rule"));
            return ("https".equalsIgnoreCase(address.getScheme()) || "http".equalsIgnoreCase(address.getScheme()))
                    && address.getHost() != null
                    && address.getRawUserInfo() == null
                    && address.toASCIIString().equals(address.toString());
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
