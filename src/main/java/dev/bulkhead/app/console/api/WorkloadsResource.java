package dev.bulkhead.app.console.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.api.Problem;
import dev.bulkhead.app.api.Problem.Status;
import dev.bulkhead.app.api.ProblemException;
import dev.bulkhead.app.api.QueryParameters;
import dev.bulkhead.app.console.api.ViewerAnswers.AnswerContext;
import dev.bulkhead.app.console.page.WorkloadFilter;
import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.app.console.view.Seen;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** The workloads that run. */
@Path("/workloads")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "console", description = "What runs in the cluster. Only the console has these paths.")
final class WorkloadsResource {
    private static final String PAGE = "page";

    private static final List<String> VERDICTS = Stream.concat(
                    Stream.of(WorkloadFilter.ADMITTED),
                    Arrays.stream(Outcome.values()).map(Outcome::label))
            .toList();
    private static final List<String> LAYERS =
            Arrays.stream(Layer.values()).map(Layer::label).toList();
    private static final List<String> TARGETS =
            Arrays.stream(Escape.Target.values()).map(Escape.Target::label).toList();
    static final List<String> RULES =
            RuleRegistry.ALL.stream().map(Rule::id).sorted().toList();

    private final ViewerAnswers answers;

    WorkloadsResource(ViewerAnswers answers) {
        this.answers = answers;
    }

    @GET
    @Operation(
            operationId = "listWorkloads",
            summary = "Workloads that run",
            description =
                    "The workloads in the namespaces in which the caller may list pods, the worst first, 50 a page."
                            + " The parameters are those of the console's page.")
    @Parameter(name = "q", in = ParameterIn.QUERY, description = "A text in the namespace, kind or name.")
    @Parameter(name = "namespace", in = ParameterIn.QUERY, description = "The namespace.")
    @Parameter(
            name = "verdict",
            in = ParameterIn.QUERY,
            description = "The verdict; `admitted` is every one but `denied`.",
            schema = @Schema(enumeration = {"admitted", "denied", "hardened", "warned", "passed"}))
    @Parameter(name = "layer", in = ParameterIn.QUERY, description = "A layer that is open.", example = "host")
    @Parameter(
            name = "rule",
            in = ParameterIn.QUERY,
            description = "A rule that finds something.",
            example = "privileged")
    @Parameter(name = "owner", in = ParameterIn.QUERY, description = "To whom it belongs.", example = "team-shop")
    @Parameter(
            name = "label",
            in = ParameterIn.QUERY,
            description = "A label, as `key=value` or `key`.",
            example = "tier=tenant")
    @Parameter(
            name = "reach",
            in = ParameterIn.QUERY,
            description = "What a compromise leads to.",
            schema = @Schema(enumeration = {"node", "cluster"}))
    @Parameter(
            name = "breaks",
            in = ParameterIn.QUERY,
            description = "Only those that may not start with what is filled in.",
            schema = @Schema(enumeration = "yes"))
    @Parameter(name = "page", in = ParameterIn.QUERY, description = "Which page, counted from 1.", example = "2")
    @APIResponse(
            responseCode = "200",
            description = "The workloads.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = WorkloadList.class)))
    @APIResponse(responseCode = "400", ref = "WrongParameter")
    @APIResponse(responseCode = "401", ref = "NotSignedIn")
    @APIResponse(responseCode = "503", ref = "TryAgain")
    public CompletionStage<WorkloadList> list(@Context UriInfo uri, @Context RoutingContext routing) {
        return answers.answer(routing, uri, context -> {
            QueryParameters.checkOnly(
                    uri,
                    WorkloadFilter.TEXT,
                    WorkloadFilter.NAMESPACE,
                    WorkloadFilter.VERDICT,
                    WorkloadFilter.LAYER,
                    WorkloadFilter.RULE,
                    WorkloadFilter.OWNER,
                    WorkloadFilter.LABEL,
                    WorkloadFilter.REACH,
                    WorkloadFilter.BREAKS,
                    PAGE);
            checkOneOf(context, WorkloadFilter.VERDICT, VERDICTS);
            checkOneOf(context, WorkloadFilter.LAYER, LAYERS);
            checkOneOf(context, WorkloadFilter.RULE, RULES);
            checkOneOf(context, WorkloadFilter.REACH, TARGETS);
            checkOneOf(context, WorkloadFilter.BREAKS, List.of("yes"));
            return list(context, page(context));
        });
    }

    private static void checkOneOf(AnswerContext context, String parameter, List<String> allowed) {
        context.request()
                .parameter(parameter)
                .ifPresent(value -> QueryParameters.checkOneOf(parameter, value, allowed));
    }

    private static int page(AnswerContext context) {
        String text = context.request().parameter(PAGE).orElse("1");
        if (!text.matches("[1-9][0-9]{0,5}")) {
            throw QueryParameters.wrong(PAGE, "a number from 1", text);
        }
        return Integer.parseInt(text);
    }

    private static WorkloadList list(AnswerContext context, int page) {
        WorkloadFilter filter = WorkloadFilter.of(context.request());
        List<Seen.Row> matching = filter.matching(context.seen(), context.data());
        Map<String, Map<String, String>> labels = context.data().namespaceLabels();
        int first = Math.min((page - 1) * WorkloadFilter.PAGE, matching.size());
        int end = Math.min(first + WorkloadFilter.PAGE, matching.size());
        Address address = filter.address();
        return new WorkloadList(
                "bulkhead.dev/v1alpha1",
                "WorkloadList",
                context.seen().at().toString(),
                matching.size(),
                page,
                end < matching.size()
                        ? Optional.of("/api/v1" + address.with(PAGE, Integer.toString(page + 1)))
                        : Optional.empty(),
                context.request().viewer().limit(),
                matching.subList(first, end).stream()
                        .map(row -> WorkloadList.Entry.of(
                                row, row.owner(context.data().ownerLabels(), labels)))
                        .toList());
    }

    @GET
    @Path("/{namespace}/{kind}/{name}")
    @Operation(
            operationId = "getWorkload",
            summary = "One workload",
            description =
                    "What is decided about it, what a compromise of it reaches, what is filled in, and the exemption"
                            + " with which it would be admitted.")
    @Parameter(
            name = "group",
            in = ParameterIn.QUERY,
            description = "The group of its API, where a kind of that name is in several.",
            example = "argoproj.io")
    @APIResponse(
            responseCode = "200",
            description = "The workload.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = WorkloadSchema.class)))
    @APIResponse(responseCode = "400", ref = "WrongParameter")
    @APIResponse(responseCode = "401", ref = "NotSignedIn")
    @APIResponse(
            responseCode = "404",
            description = "There is no such workload in a namespace in which the caller may list pods.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(responseCode = "503", ref = "TryAgain")
    public CompletionStage<JsonNode> get(
            @Parameter(description = "Its namespace.", example = "shop") @RestPath String namespace,
            @Parameter(description = "Its kind.") @RestPath String kind,
            @Parameter(description = "Its name.", example = "web") @RestPath String name,
            @Context UriInfo uri,
            @Context RoutingContext routing) {
        return answers.answer(routing, uri, context -> {
            QueryParameters.checkOnly(uri, Seen.GROUP);
            return context.seen()
                    .find(namespace, kind, name, context.request().parameter(Seen.GROUP))
                    .map(row -> WorkloadJson.of(row, context))
                    .orElseThrow(() -> new ProblemException(Problem.of(
                            Status.NOT_FOUND,
                            "There is no such workload, or it is in a namespace in which you may not list pods.")));
        });
    }
}
