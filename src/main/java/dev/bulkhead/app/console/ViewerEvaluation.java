package dev.bulkhead.app.console;

import dev.bulkhead.app.api.ManifestEvaluator;
import dev.bulkhead.app.api.ManifestReports;
import dev.bulkhead.app.api.Problem;
import dev.bulkhead.app.api.Problem.Status;
import dev.bulkhead.app.api.ProblemException;
import dev.bulkhead.app.api.QueryParameters;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.KnownNamespaces;
import java.util.Optional;

/**
 * Evaluates manifests by the policies that the console watches, as the playground does: for namespaces that a viewer sees, or
 * by a profile.
 */
final class ViewerEvaluation {
    private final ConsoleData data;
    private final ManifestReports reports;

    ViewerEvaluation(ConsoleData data, ManifestReports reports) {
        this.data = data;
        this.reports = reports;
    }

    /** What evaluates the manifests of that viewer. */
    ManifestEvaluator of(Viewer viewer) {
        return (manifest, parameters, work) -> {
            Optional<Viewer> mustSee = parameters.profile().isPresent() ? Optional.empty() : Optional.of(viewer);
            try {
                return reports.check(
                        manifest,
                        parameters,
                        () -> data.policies().policies(),
                        data::cluster,
                        KnownNamespaces.in(data, mustSee),
                        work);
            } catch (KnownNamespaces.UnseenException e) {
                throw new ProblemException(Problem.of(
                        Status.FORBIDDEN,
                        "There is no namespace " + QueryParameters.quoted(e.namespace())
                                + " in which you may list pods. Name another, or a profile to evaluate with."));
            }
        };
    }
}
