package dev.bulkhead.app.console.page;

/** Answers requests for pages. Any thread may call it. */
public interface ConsoleContent {
    /** The page at that path, or one that says that there is none, or none that this person may see. */
    PageAnswer answer(PageRequest request);
}
