package dev.bulkhead.app.console;

import dev.bulkhead.app.api.ManifestEvaluator;
import dev.bulkhead.app.api.ManifestReports;
import dev.bulkhead.app.api.Problem;
import dev.bulkhead.app.api.Problem.Status;
import dev.bulkhead.app.api.ProblemException;
import dev.bulkhead.app.api.QueryParameters;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.UnseenNamespaces;
import dev.bulkhead.engine.policy.Namespace;
import java.util.HashMap;
import java.util.Map;

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
            if (parameters.profile().isEmpty()) {
                UnseenNamespaces.first(reports.reader(), manifest, parameters.namespace(), viewer)
                        .ifPresent(ViewerEvaluation::refuse);
            }
            Map<String, Namespace> known = new HashMap<>();
            data.namespaces().forEach(one -> known.put(one.name(), one));
            return reports.check(
                    manifest,
                    parameters,
                    () -> data.policies().policies(),
                    data::cluster,
                    name -> known.getOrDefault(name, Namespace.named(name)),
                    work);
        };
    }

    private static void refuse(String namespace) {
        throw new ProblemException(Problem.of(
                Status.FORBIDDEN,
                "There is no namespace " + QueryParameters.quoted(namespace)
                        + " in which you may list pods. Name another, or a profile to evaluate with."));
    }
}
