package dev.bulkhead.engine.rule;

/**
 * A recommendation of a standard.
 *
 * @param id its number; empty where the standard gives none
 * @param name its title, as the standard writes it
 */
public record StandardControl(Standard standard, String id, String name) {
    /** The number and the name. */
    public String label() {
        return id.isEmpty() ? name : id + " " + name;
    }

    /** Where it is published: a page of its own where the standard has one, else the standard. */
    public String url() {
        return switch (standard) {
            case ATTACK -> standard.url() + id.replace('.', '/') + "/";
            case CWE -> standard.url() + id + ".html";
            case POD_SECURITY, CIS, NSA_CISA -> standard.url();
        };
    }
}
