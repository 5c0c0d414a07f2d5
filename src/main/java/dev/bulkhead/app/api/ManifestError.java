package dev.bulkhead.app.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A place in a manifest that cannot be read or evaluated.
 *
 * @param line counted from 1; 0 where the manifest as a whole is meant
 * @param column counted from 1; 0 where the manifest as a whole is meant
 */
@Schema(name = "ManifestError", description = "A place in a manifest that cannot be read or evaluated.")
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ManifestError(
        @Schema(
                description = "Counted from 1; missing where the manifest as a whole is meant.",
                minimum = "1",
                examples = "3")
        int line,

        @Schema(
                description = "Counted from 1 in Unicode code points; missing where the manifest as a whole is meant.",
                minimum = "1",
                examples = "1")
        int column,

        @Schema(required = true, description = "What was found and what was expected.", examples = "expected a mapping")
        String message) {
    String described() {
        return line == 0 ? message : "line " + line + ", column " + column + ": " + message;
    }
}
