package dev.bulkhead.app.console;

import dev.bulkhead.app.console.page.ConsolePages;
import dev.bulkhead.app.console.view.ConsoleData;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Renders the pages once in the background after the first scan, so that the first person does not wait for that. */
final class FirstPages {
    private static final Logger LOG = Logger.getLogger(FirstPages.class);
    private static final Duration PAUSE = Duration.ofMillis(250);

    /** A quarter of an hour: a cluster that cannot be read by then has its first page rendered for the first person. */
    private static final int MOST_PAUSES = 3_600;

    private FirstPages() {}

    /** Returns at once. */
    static void render(ConsolePages pages, ConsoleData data) {
        Thread thread = new Thread(() -> renderAfterFirstScan(pages, data), "first-pages");
        thread.setDaemon(true);
        thread.start();
    }

    private static void renderAfterFirstScan(ConsolePages pages, ConsoleData data) {
        try {
            for (int pause = 0; data.lastScan().isEmpty(); pause++) {
                if (pause == MOST_PAUSES) {
                    return;
                }
                Thread.sleep(PAUSE.toMillis());
            }
            LOG.debugf("%d pages rendered", pages.renderAll());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // A person who asks for the page will see the error page.
            LOG.error("the pages could not be rendered", e);
        }
    }
}
