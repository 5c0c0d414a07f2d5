package dev.bulkhead.app.api;

import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** Verdicts on manifests. */
@Path("/check")
@Tag(name = "check", description = "Verdicts on manifests.")
final class CheckResource {
    private static final String YAML = "application/yaml";

    /** The media types that a manifest may have. */
    static final Set<String> TYPES =
            Set.of(YAML, MediaType.APPLICATION_JSON, "application/x-yaml", "text/yaml", "text/x-yaml");

    private static final String MANIFEST = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
            spec:
              containers:
                - name: web
                  image: nginxinc/nginx-unprivileged
                  securityContext:
                    privileged: true
            """;

    private static final String UNREADABLE = """
            {
              "type": "urn:bulkhead:problem:unreadable-manifest",
              "title": "Unreadable manifest",
              "status": 422,
              "detail": "The manifest cannot be evaluated: line 1, column 5: expected a value, found the end of the document",
              "errors": [{"line": 1, "column": 5, "message": "expected a value, found the end of the document"}]
            }""";

    private final ManifestEvaluator evaluator;

    CheckResource(ManifestEvaluator evaluator) {
        this.evaluator = evaluator;
    }

    @POST
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "checkManifest",
            summary = "Evaluate a manifest",
            description = "Evaluates every object of a manifest as the webhook would: by the policies in force, or by a"
                    + " profile. The manifest may hold several documents, and lists. Nothing is stored.")
    @RequestBody(
            required = true,
            description = "The manifest.",
            content = {
                @Content(
                        mediaType = YAML,
                        schema = @Schema(type = SchemaType.STRING),
                        examples = @ExampleObject(name = "pod", value = MANIFEST)),
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(type = SchemaType.OBJECT)),
            })
    @APIResponse(
            responseCode = "200",
            description = "The verdicts. The report is that of `bulkhead check -o json`.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = CheckReportSchema.class)))
    @APIResponse(
            responseCode = "400",
            description = "A query parameter is wrong.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "403",
            description =
                    "In the console: policies would apply in a namespace in which the caller may not list pods, or"
                            + " that there is not.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "413",
            description = "The manifest is larger than `bulkhead.api.max-body`.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "415",
            description = "The manifest is neither YAML nor JSON, or encoded.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "422",
            description = "Something in the manifest cannot be read or evaluated; `errors` says where.",
            content =
                    @Content(
                            mediaType = Problem.MEDIA_TYPE,
                            schema = @Schema(implementation = Problem.class),
                            examples = @ExampleObject(name = "unfinished", value = UNREADABLE)))
    @APIResponse(
            responseCode = "429",
            description = "Too many manifests are being evaluated. `Retry-After` says when to try again.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "The manifest was not evaluated within `bulkhead.admission.deadline`.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public CompletionStage<byte[]> check(
            @Parameter(
                            description =
                                    "The profile to evaluate with instead of the policies in force; no exemptions apply"
                                            + " then.",
                            example = "restricted@v1.31")
                    @RestQuery
                    Optional<String> profile,
            @Parameter(
                            description =
                                    "The version of Kubernetes to evaluate for. By default the cluster's; without a"
                                            + " cluster the newest that Bulkhead knows.",
                            example = "1.33")
                    @RestQuery
                    Optional<String> kubeVersion,
            @Parameter(
                            description = "The namespace of the objects that name none. By default `default`.",
                            example = "shop")
                    @RestQuery
                    Optional<String> namespace,
            @Context UriInfo request,
            @Context RoutingContext routing) {
        QueryParameters.checkOnly(request, "profile", "kubeVersion", "namespace");
        CheckParameters parameters = CheckParameters.of(profile, kubeVersion, namespace);
        ApiRequestHandler.ReceivedManifest received = ApiRequestHandler.received(routing);
        ManifestEvaluator used = received.evaluator().orElse(evaluator);
        return received.slot().run(work -> used.check(received.manifest(), parameters, work));
    }
}
