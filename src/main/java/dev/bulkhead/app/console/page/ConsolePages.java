package dev.bulkhead.app.console.page;

import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.page.markup.PageTemplates;
import dev.bulkhead.app.console.page.markup.Sentence;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.ScanRows;
import dev.bulkhead.app.console.view.Seen;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Renders the pages from the last scan. Thread-safe. */
public final class ConsolePages implements ConsoleContent {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final String PLAYGROUND = "playground";
    private static final String NO_NAMESPACE = "You may list pods in no namespace";

    private final ConsoleData data;
    private final PageFrame frame;
    private final PageTemplates templates = new PageTemplates();
    private final PreviewPage preview;
    private final Map<String, Page> pages;
    private final ScanRows rows;

    /** One of the pages. */
    interface Page {
        /** What to render; empty where there is nothing that the viewer may see. */
        Optional<Rendering> render(PageRequest request, Seen seen);
    }

    /**
     * What to render.
     *
     * @param question that the page answers
     * @param part the template of what changes when a filter does; empty where nothing does
     */
    record Rendering(String template, String part, String title, String question, Sentence answer, Object content) {}

    public ConsolePages(ConsoleData data, AssetNames assets) {
        this(data, new ScanRows(data), assets);
    }

    /** With rows that others look at too. */
    public ConsolePages(ConsoleData data, ScanRows rows, AssetNames assets) {
        this.data = data;
        this.rows = rows;
        this.frame = new PageFrame(assets);
        this.preview = new PreviewPage(data);
        Map<String, Page> all = new LinkedHashMap<>();
        all.put("", new OverviewPage(data));
        all.put("workloads", new WorkloadsPage(data));
        all.put("preview", preview);
        all.put("exemptions", new ExemptionsPage(data));
        all.put("refusals", new RefusalsPage(data));
        all.put("policies", new PoliciesPage(data));
        all.put(PLAYGROUND, new PlaygroundPage(data));
        this.pages = all;
    }

    @Override
    public PageAnswer answer(PageRequest request) {
        List<String> path = List.of(request.path().substring(1).split("/", -1));
        Optional<PageAnswer> file = file(request);
        if (file.isPresent()) {
            return file.get();
        }
        Optional<Page> page = page(path);
        if (page.isEmpty()) {
            return nothingHere(request.viewer());
        }
        Optional<Seen> seen = rows.seenBy(request.viewer());
        if (seen.isEmpty()) {
            return firstScan(request.viewer());
        }
        boolean nothingSeen =
                !request.viewer().everything() && request.viewer().namespaces().isEmpty();
        if (nothingSeen && path.size() == 1 && !path.get(0).equals(PLAYGROUND)) {
            return noNamespace(request);
        }
        return page.get()
                .render(request, seen.get())
                .map(rendering -> answer(request, rendering))
                .orElseGet(() -> nothingHere(request.viewer()));
    }

    /**
     * Renders every page once, so that the first person does not wait for classes and templates to be read. Previews are not
     * made: they take their time.
     *
     * @return how many pages were rendered; only some before the first scan
     */
    public int renderAll() {
        Viewer unrestricted = new Viewer("", true, Set.of(), "", Optional.empty());
        List<PageRequest> requests = new ArrayList<>();
        pages.keySet()
                .forEach(name -> requests.add(new PageRequest("/" + name, Map.of(), Map.of(), unrestricted, false)));
        rows.seenBy(unrestricted).stream()
                .flatMap(seen -> seen.rows().stream().limit(1))
                .forEach(row -> requests.add(PageRequest.of(row.address(), unrestricted)));
        int rendered = 0;
        for (PageRequest request : requests) {
            rendered += answer(request).status() == OK ? 1 : 0;
        }
        answer(new PageRequest(
                "/playground",
                Map.of(),
                Map.of(PlaygroundPage.MANIFEST, List.of(PlaygroundPage.EXAMPLE)),
                unrestricted,
                false));
        return rendered;
    }

    private Optional<PageAnswer> file(PageRequest request) {
        return switch (request.path()) {
            case "/preview/exemptions.yaml" -> preview.exemptions(request);
            case "/preview/policy.yaml" -> preview.policy(request);
            default -> Optional.empty();
        };
    }

    private Optional<Page> page(List<String> path) {
        if (path.size() == 4 && path.get(0).equals("workloads")) {
            return Optional.of(new WorkloadPage(data, path.get(1), path.get(2), path.get(3)));
        }
        return path.size() == 1 ? Optional.ofNullable(pages.get(path.get(0))) : Optional.empty();
    }

    private PageAnswer answer(PageRequest request, Rendering rendering) {
        boolean part = request.fragment() && !rendering.part().isEmpty();
        return PageAnswer.html(
                OK,
                templates.render(
                        part ? rendering.part() : rendering.template(),
                        Map.of("page", frame.of(rendering, request, data), "content", rendering.content())));
    }

    private PageAnswer firstScan(Viewer viewer) {
        return data.limits().isEmpty()
                ? message(
                        viewer,
                        503,
                        "The first scan is running",
                        "Bulkhead reads what runs in the cluster for the first time. This takes a few seconds, a minute"
                                + " in a large cluster. Reload the page.")
                : message(viewer, 503, "The cluster cannot be read", String.join(" ", data.limits()));
    }

    /** All counts are 0 then, which would read as if all were well. */
    private PageAnswer noNamespace(PageRequest request) {
        Viewer viewer = request.viewer();
        return viewer.limit().isPresent()
                ? message(
                        viewer,
                        OK,
                        "Nothing is shown at the moment",
                        "It is not known in which namespaces you may list pods. "
                                + viewer.limit().get())
                : message(
                        viewer,
                        OK,
                        NO_NAMESPACE,
                        "Ask for the right to list pods in a namespace: " + grant(viewer) + ".");
    }

    private static String grant(Viewer viewer) {
        String account = "system:serviceaccount:";
        return "kubectl create rolebinding console-view --namespace=NAMESPACE --clusterrole=view "
                + (viewer.name().startsWith(account)
                        ? "--serviceaccount=" + viewer.name().substring(account.length())
                        : "--user='" + viewer.name() + "'");
    }

    private PageAnswer nothingHere(Viewer viewer) {
        return message(
                viewer,
                NOT_FOUND,
                "There is nothing here",
                "Either the page does not exist, or it is about a namespace in which you may not list pods.");
    }

    private PageAnswer message(Viewer viewer, int status, String title, String sentence) {
        return PageAnswer.html(
                status,
                templates.render(
                        "message",
                        Map.of("page", frame.of(title, viewer, data), "content", Map.of("sentence", sentence))));
    }

    /** A page that says what went wrong, for a person who has not signed in. */
    public PageAnswer failure(int status, String title, String sentence) {
        return PageAnswer.html(
                status,
                templates.render("stranger", Map.of("page", frame.of(title), "content", Map.of("sentence", sentence))));
    }

    /**
     * The page at which a person signs in with a token of the cluster.
     *
     * @param problem why the last attempt failed
     * @param next the path to go on to
     */
    public PageAnswer signIn(Optional<String> problem, String next) {
        return PageAnswer.html(
                problem.isPresent() ? 401 : OK,
                templates.render(
                        "sign-in",
                        Map.of(
                                "page",
                                frame.of("Sign in"),
                                "content",
                                Map.of("problem", problem.orElse(""), "next", next))));
    }
}
