package dev.bulkhead.app.console.page;

import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.page.markup.Moment;
import dev.bulkhead.app.console.page.markup.Sentence;
import dev.bulkhead.app.console.view.ConsoleData;
import java.util.List;
import java.util.Optional;

/** What is around every page: head, navigation and foot. */
final class PageFrame {
    /** Nothing is stored in the browser, no style is added by script, nothing is evaluated, no other host is asked. */
    private static final String HTMX =
            "{\"includeIndicatorStyles\":false,\"allowEval\":false,\"selfRequestsOnly\":true,\"historyCacheSize\":0,"
                    + "\"refreshOnHistoryMiss\":true,\"scrollBehavior\":\"instant\"}";

    private static final List<Entry> ENTRIES = List.of(
            new Entry("Overview", "/"),
            new Entry("Workloads", "/workloads"),
            new Entry("Preview", "/preview"),
            new Entry("Exemptions", "/exemptions"),
            new Entry("Refusals", "/refusals"),
            new Entry("Policies", "/policies"),
            new Entry("Playground", "/playground"));

    private final AssetNames assets;

    PageFrame(AssetNames assets) {
        this.assets = assets;
    }

    private record Entry(String text, String path) {}

    /** An entry of the navigation. */
    record Link(String text, String href, boolean current) {}

    /** The addresses of the files that a page loads. */
    record Files(String style, String script, String htmx, String chart, String chartStyle, String icon) {}

    /**
     * What is around a page.
     *
     * @param viewer empty for a stranger
     * @param scanned when the last scan was made; its texts are empty before the first
     */
    record Frame(
            String title,
            String question,
            Sentence answer,
            List<Link> navigation,
            String viewer,
            String token,
            String limit,
            Moment scanned,
            Files files,
            String htmx) {}

    Frame of(ConsolePages.Rendering rendering, PageRequest request, ConsoleData data) {
        return frame(
                rendering.title(),
                rendering.question(),
                rendering.answer(),
                Optional.of(request.viewer()),
                request.path(),
                data.lastScan().map(scan -> Moment.of(scan.at(), data.now())).orElse(new Moment("", "")));
    }

    Frame of(String title, Viewer viewer, ConsoleData data) {
        return frame(title, "", Sentence.of(title), Optional.of(viewer), " ", new Moment("", ""));
    }

    /** For a stranger. */
    Frame of(String title) {
        return frame(title, "", Sentence.of(title), Optional.empty(), " ", new Moment("", ""));
    }

    private Frame frame(
            String title, String question, Sentence answer, Optional<Viewer> viewer, String path, Moment scanned) {
        return new Frame(
                title,
                question,
                answer,
                viewer.isEmpty()
                        ? List.of()
                        : ENTRIES.stream()
                                .map(entry -> new Link(
                                        entry.text(),
                                        entry.path(),
                                        path.equals(entry.path())
                                                || (entry.path().length() > 1 && path.startsWith(entry.path() + "/"))))
                                .toList(),
                viewer.map(Viewer::name).orElse(""),
                viewer.map(Viewer::formToken).orElse(""),
                viewer.flatMap(Viewer::limit).orElse(""),
                scanned,
                new Files(
                        assets.address("console.css"),
                        assets.address("console.js"),
                        assets.address("htmx.min.js"),
                        assets.address("uPlot.iife.min.js"),
                        assets.address("uPlot.min.css"),
                        assets.address("icon.svg")),
                HTMX);
    }
}
