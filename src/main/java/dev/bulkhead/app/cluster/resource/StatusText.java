package dev.bulkhead.app.cluster.resource;

import dev.bulkhead.engine.policy.document.DocumentProblem;
import java.util.List;
import java.util.stream.Collectors;

/** Describes an object's problems for its status. */
public final class StatusText {
    private static final int MOST = 5;

    private StatusText() {}

    public static String of(List<DocumentProblem> problems) {
        String some = problems.stream()
                .limit(MOST)
                .map(problem -> problem.pointer() + ": " + problem.message())
                .collect(Collectors.joining("; "));
        return problems.size() > MOST ? some + "; and " + (problems.size() - MOST) + " more" : some;
    }
}
