/** The HTTP API: resources of Quarkus REST, behind a listener, an event loop and threads of its own. */
@NullMarked
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Bulkhead",
                        version = "v1",
                        description =
                                "What Bulkhead knows of its rules, and what its webhook would decide about a manifest.",
                        license = @License(name = "Apache-2.0"),
                        contact = @Contact(name = "Bulkhead", url = RuleInfo.HOME)),
        components =
                @Components(
                        responses = {
                            @APIResponse(
                                    name = "WrongParameter",
                                    description = "A parameter is unknown, or has a value that it cannot have.",
                                    content =
                                            @Content(
                                                    mediaType = Problem.MEDIA_TYPE,
                                                    schema = @Schema(implementation = Problem.class))),
                            @APIResponse(
                                    name = "NotSignedIn",
                                    description = "The caller has not signed in.",
                                    content =
                                            @Content(
                                                    mediaType = Problem.MEDIA_TYPE,
                                                    schema = @Schema(implementation = Problem.class))),
                            @APIResponse(
                                    name = "TryAgain",
                                    description = "Too much is asked at once, or the cluster has not been read yet."
                                            + " `Retry-After` says when to try again.",
                                    content =
                                            @Content(
                                                    mediaType = Problem.MEDIA_TYPE,
                                                    schema = @Schema(implementation = Problem.class)))
                        }))
package dev.bulkhead.app.api;

import dev.bulkhead.engine.rule.RuleInfo;
import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Contact;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.NullMarked;
