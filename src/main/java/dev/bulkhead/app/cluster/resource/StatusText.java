package dev.bulkhead.app.cluster.resource;

import dev.bulkhead.engine.policy.document.DocumentProblem;
import dev.bulkhead.engine.text.SafeText;
import java.util.List;
import java.util.stream.Collectors;

/** Describes an object's problems for its status. */
public final class StatusText {
    private static final int MOST = 5;

    /** Of one problem, which may quote the object. */
    private static final int LONGEST = 1_000;

    private StatusText() {}

    public static String of(List<DocumentProblem> problems) {
        String some = problems.stream()
                .limit(MOST)
                .map(problem -> SafeText.line(problem.pointer() + ": " + problem.message(), LONGEST))
                .collect(Collectors.joining("; "));
        return problems.size() > MOST ? some + "; and " + (problems.size() - MOST) + " more" : some;
    }
}
