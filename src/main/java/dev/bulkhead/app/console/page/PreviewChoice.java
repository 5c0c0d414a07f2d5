package dev.bulkhead.app.console.page;

import dev.bulkhead.app.cluster.scan.preview.PreviewQuery;
import dev.bulkhead.app.cluster.scan.preview.PreviewQuery.Basis;
import dev.bulkhead.engine.policy.Profile;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a viewer chooses to preview, by the parameters of an address. */
public final class PreviewChoice {
    public static final String PROFILE = "profile";
    public static final String NAMESPACE = "namespace";

    /** Instead of a profile: the policies of the cluster, in mode enforce. */
    public static final String POLICIES = "policies";

    private PreviewChoice() {}

    /** What would be enforced; empty where no profile is of that name. */
    public static Optional<Basis> basis(String profile) {
        return profile.equals(POLICIES)
                ? Optional.of(new Basis.Enforcing())
                : Profile.parse(profile).map(Basis.OfProfile::new);
    }

    /** What is asked of the cluster; nothing of namespaces that the viewer does not see. Empty where no profile is chosen. */
    public static Optional<PreviewQuery> query(PageRequest request) {
        return request.parameter(PROFILE)
                .flatMap(PreviewChoice::basis)
                .map(basis -> new PreviewQuery(basis, namespaces(request)));
    }

    static Set<String> chosen(PageRequest request) {
        return new TreeSet<>(request.query().getOrDefault(NAMESPACE, List.of()).stream()
                .filter(name -> !name.isBlank())
                .filter(request.viewer()::sees)
                .toList());
    }

    /** Those that are previewed; empty for all. */
    static Optional<Set<String>> namespaces(PageRequest request) {
        boolean all =
                request.query().getOrDefault(NAMESPACE, List.of()).stream().allMatch(String::isBlank);
        return all && request.viewer().everything()
                ? Optional.empty()
                : Optional.of(all ? request.viewer().namespaces() : chosen(request));
    }
}
