package dev.bulkhead.app.console.page;

import dev.bulkhead.app.cluster.scan.preview.PreviewQuery;
import dev.bulkhead.app.cluster.scan.preview.PreviewQuery.Basis;
import dev.bulkhead.engine.policy.Profile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a viewer chooses to preview, by the parameters of an address. */
public final class PreviewChoice {
    public static final String PROFILE = "profile";
    public static final String NAMESPACE = "namespace";

    /** Instead of a profile: a label that the namespaces would get. */
    public static final String LABEL = "label";

    private static final Pattern LABEL_TEXT = Pattern.compile("([A-Za-z0-9._/-]{1,317})=([A-Za-z0-9._-]{0,63})");

    /** Instead of a profile: the policies of the cluster, in mode enforce. */
    public static final String POLICIES = "policies";

    /** The same, as {@code bulkhead scan --preview} calls it. */
    public static final String ENFORCE = "enforce";

    /** What can be chosen, in words. */
    public static final String EXPECTED = Profile.NAMES + "; or " + POLICIES + " or " + ENFORCE;

    private PreviewChoice() {}

    /** What would be enforced; empty where no profile is of that name. */
    public static Optional<Basis> basis(String profile) {
        return profile.equals(POLICIES) || profile.equals(ENFORCE)
                ? Optional.of(new Basis.Enforcing())
                : Profile.parse(profile).map(Basis.OfProfile::new);
    }

    /** What is asked of the cluster; nothing of namespaces that the viewer does not see. Empty where nothing is chosen. */
    public static Optional<PreviewQuery> query(PageRequest request) {
        if (request.parameter(LABEL).isPresent() && label(request).isEmpty()) {
            return Optional.empty();
        }
        return label(request)
                .or(() -> request.parameter(PROFILE).flatMap(PreviewChoice::basis))
                .map(basis -> new PreviewQuery(basis, namespaces(request)));
    }

    /** Labels that the namespaces would get; empty where none is chosen, or it is not written as one. */
    static Optional<Basis> label(PageRequest request) {
        return request.parameter(LABEL)
                .map(text -> LABEL_TEXT.matcher(text.strip()))
                .filter(Matcher::matches)
                .map(label -> new Basis.OfLabels(Map.of(label.group(1), label.group(2))));
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
