package dev.bulkhead.engine.rule;

/** A published standard whose recommendations rules refer to. */
public enum Standard {
    POD_SECURITY(
            "Pod Security Standards",
            "PSS",
            "",
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/"),
    CIS("CIS Kubernetes Benchmark", "CIS", "v1.12", "https://www.cisecurity.org/benchmark/kubernetes"),
    NSA_CISA(
            "NSA/CISA Kubernetes Hardening Guide",
            "NSA/CISA",
            "v1.2",
            "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF"),
    ATTACK("MITRE ATT&CK", "ATT&CK", "", "https://attack.mitre.org/techniques/"),
    CWE("Common Weakness Enumeration", "CWE", "", "https://cwe.mitre.org/data/definitions/");

    private final String title;
    private final String abbreviation;
    private final String version;
    private final String url;

    Standard(String title, String abbreviation, String version, String url) {
        this.title = title;
        this.abbreviation = abbreviation;
        this.version = version;
        this.url = url;
    }

    public String title() {
        return title;
    }

    /** The title for where there is little room. */
    public String abbreviation() {
        return abbreviation;
    }

    /** The version whose numbering is used; empty where the identifiers outlast versions. */
    public String version() {
        return version;
    }

    /** Where the standard is published. */
    public String url() {
        return url;
    }

    /** The title, with the version where there is one. */
    public String label() {
        return version.isEmpty() ? title : title + " " + version;
    }

    /** A recommendation that has a number, such as {@code 5.2.2}. */
    public StandardControl control(String id, String name) {
        return new StandardControl(this, id, name);
    }

    /** A recommendation that is known by its name alone. */
    public StandardControl control(String name) {
        return new StandardControl(this, "", name);
    }
}
