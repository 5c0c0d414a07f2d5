package dev.bulkhead.app.console.page;

/** Where the files are that pages refer to: style, scripts and the icon. */
@FunctionalInterface
public interface AssetNames {
    /** The address of a file, such as {@code /assets/console.4f2a.css} of {@code console.css}. */
    String address(String file);
}
