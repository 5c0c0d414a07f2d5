package dev.bulkhead.app.console.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.cluster.refusal.Refusal;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.engine.evaluation.Evaluations;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever names, values and messages hold, a page has the markup of its template and nothing else. */
class EscapingTest {
    private static final String WORKLOAD = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: TEXT, namespace: TEXT, uid: u, annotations: {TEXT: TEXT}, labels: {team: TEXT}}
            spec:
              template:
                metadata: {annotations: {bulkhead.dev/scratch: TEXT}}
                spec:
                  hostPID: true
                  serviceAccountName: TEXT
                  volumes: [{name: TEXT, hostPath: {path: TEXT}}]
                  containers:
                  - name: TEXT
                    image: TEXT
                    env: [{name: PASSWORD, value: TEXT}]
                    securityContext: {privileged: true, capabilities: {add: [TEXT]}}
                    volumeMounts: [{name: TEXT, mountPath: TEXT}]
            """;

    private static final String NAMESPACE = "metadata: {name: TEXT, labels: {team: TEXT}}\n";

    private static final String EXEMPTION = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: some, namespace: bulkhead-system}
            spec:
              reason: TEXT
              owner: TEXT
              expires: 2026-12-01T00:00:00Z
              match: {namespaces: [shop]}
              allow: [{rule: hostPathVolumes, values: [TEXT]}]
            """;

    private static final Set<String> KNOWN = known();

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> markup = Arbitraries.of(
                "<script>alert(1)</script>",
                "\"><img src=x onerror=alert(1)>",
                "' onmouseover='alert(1)",
                "{page.token}",
                "{#if true}x{/if}",
                "{|raw|}",
                "]]><!--",
                "&lt;b&gt;",
                "javascript:alert(1)",
                "</textarea><b>",
                "\u202edlrow\u0000\u0007",
                "ünïcödé 世界 🚢");
        return Arbitraries.oneOf(markup, Arbitraries.strings().ofMaxLength(30))
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(parts -> String.join("", parts))
                .filter(text -> !text.isBlank());
    }

    @Property(tries = 40)
    void noTextBecomesMarkup(@ForAll("texts") String text) {
        assertThat(KNOWN).containsAll(tagsOf(text));
    }

    /** Those of the demo cluster, and of one with plain texts. */
    private static Set<String> known() {
        TestData demo = DemoCluster.at(Evaluations.NOW).with(DemoCluster.refusals(Evaluations.NOW));
        Set<String> known = tagsOf("plain");
        demo.scan()
                .workloads()
                .forEach(workload -> known.addAll(tags(
                        demo,
                        "plain",
                        workload.id().namespace(),
                        workload.id().kind(),
                        workload.id().name())));
        return known;
    }

    private static Set<String> tagsOf(String text) {
        TestData data = DemoCluster.evaluated(
                        WORKLOAD.replace("TEXT", quoted(text)),
                        NAMESPACE.replace("TEXT", quoted(text)),
                        EXEMPTION.replace("TEXT", quoted(text)),
                        Evaluations.NOW)
                .with(List.of(new Refusal(
                        Evaluations.NOW,
                        Evaluations.NOW,
                        2,
                        text,
                        text,
                        text,
                        Optional.of(text),
                        List.of(text),
                        text)));
        return tags(data, text, text, "Deployment", text);
    }

    /** The tags of all pages without what is in quotes. */
    private static Set<String> tags(TestData data, String text, String namespace, String kind, String name) {
        ConsolePages pages = new ConsolePages(data, file -> "/assets/" + file);
        Viewer viewer = new Viewer(text, true, Set.of(), text, Optional.of(text));
        Set<String> tags = new TreeSet<>();
        for (PageRequest request : List.of(
                get("/", Map.of(), viewer),
                get("/workloads", Map.of("q", List.of("")), viewer),
                get("/workloads/" + namespace + "/" + kind + "/" + name, Map.of(), viewer),
                get("/exemptions", Map.of(), viewer),
                get("/refusals", Map.of(), viewer),
                get("/policies", Map.of(), viewer),
                get("/preview", Map.of("profile", List.of("restricted")), viewer))) {
            tags.addAll(new Markup(pages.answer(request).body()).tags());
        }
        tags.addAll(new Markup(pages.signIn(Optional.of(text), text).body()).tags());
        return tags;
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars()
                .forEach(c ->
                        quoted.append(c < ' ' || c > '~' || c == '"' || c == '\\' ? "\\u%04x".formatted(c) : (char) c));
        return quoted.append('"').toString();
    }

    private static PageRequest get(String path, Map<String, List<String>> query, Viewer viewer) {
        return new PageRequest(path, query, Map.of(), viewer, false);
    }

    /** Reads tags as a browser does: what is in quotes belongs to an attribute. */
    private record Markup(String html) {
        List<String> tags() {
            List<String> tags = new ArrayList<>();
            for (int at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at + 1)) {
                StringBuilder tag = new StringBuilder();
                boolean quoted = false;
                while (at < html.length() && (quoted || html.charAt(at) != '>')) {
                    char c = html.charAt(at++);
                    quoted ^= c == '"';
                    if (!quoted) {
                        tag.append(c);
                    }
                }
                tags.add(tag.toString());
            }
            return tags;
        }
    }
}
