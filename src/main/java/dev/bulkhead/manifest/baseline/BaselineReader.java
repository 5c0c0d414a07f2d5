package dev.bulkhead.manifest.baseline;

import dev.bulkhead.engine.report.Baseline;
import dev.bulkhead.engine.report.FindingKey;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import dev.bulkhead.manifest.Document;
import dev.bulkhead.manifest.DocumentReader;
import dev.bulkhead.manifest.ManifestProblem;
import dev.bulkhead.manifest.ReadResult;
import dev.bulkhead.manifest.syntax.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Reads a baseline strictly: what is not understood could tolerate too much, or nothing. */
final class BaselineReader {
    private static final Set<String> OF_FILE = Set.of("apiVersion", "kind", "workloads");
    private static final Set<String> OF_WORKLOAD = Set.of("namespace", "kind", "name", "file", "findings");
    private static final Set<String> OF_FINDING = Set.of("rule", "container", "value", "action", "count");

    /** More findings than that in one entry are a mistake. */
    private static final int MOST = 1_000_000;

    private final String file;
    private final List<ManifestProblem> problems = new ArrayList<>();
    private final Map<Baseline.Entry, Integer> lines = new TreeMap<>();
    private final List<Baseline.Entry> entries = new ArrayList<>();

    BaselineReader(String file) {
        this.file = file;
    }

    BaselineFile.Reading read(byte[] content) {
        List<ReadResult> results = new DocumentReader().read(file, content);
        if (results.isEmpty()) {
            problems.add(new ManifestProblem(file, 0, 0, "the file is empty; --write-baseline writes a baseline"));
        }
        for (ReadResult result : results) {
            if (result instanceof ManifestProblem problem) {
                problems.add(problem);
            } else if (result instanceof Document document) {
                problems.addAll(document.warnings());
                if (document.index() > 0) {
                    problem(document, "", "expected one document");
                } else {
                    read(document);
                }
            }
        }
        return new BaselineFile.Reading(
                problems.isEmpty() ? Optional.of(new Baseline(entries)) : Optional.empty(), problems);
    }

    private void read(Document document) {
        Field root = Field.root(document.root());
        try {
            known(document, root, OF_FILE);
            expect(document, root.get("apiVersion"), BaselineText.API_VERSION);
            expect(document, root.get("kind"), BaselineText.KIND);
            Field workloads = root.get("workloads");
            if (workloads.isAbsent()) {
                problem(document, workloads.pointer(), "\"workloads\" is required");
            }
            for (Field workload : workloads.items()) {
                readWorkload(document, workload);
            }
        } catch (MalformedWorkloadException e) {
            problem(document, e.pointer(), String.valueOf(e.getMessage()));
        }
    }

    private void readWorkload(Document document, Field workload) {
        known(document, workload, OF_WORKLOAD);
        String name = workload.get("name").textOrEmpty();
        String origin = workload.get("file").textOrEmpty();
        String kind = required(document, workload.get("kind"));
        if (!name.isEmpty() && !origin.isEmpty()) {
            problem(document, workload.get("file").pointer(), "\"file\" is for workloads without a name");
        }
        for (Field finding : workload.get("findings").items()) {
            known(document, finding, OF_FINDING);
            FindingKey key = new FindingKey(
                    workload.get("namespace").textOrEmpty(),
                    kind,
                    name,
                    origin,
                    finding.get("container").textOrEmpty(),
                    required(document, finding.get("rule")),
                    required(document, finding.get("value")));
            Optional<Baseline.Level> level = level(document, finding.get("action"));
            if (level.isPresent()) {
                add(document, finding, new Baseline.Entry(key, level.get(), count(document, finding.get("count"))));
            }
        }
    }

    private void add(Document document, Field finding, Baseline.Entry entry) {
        int line = document.position(finding.pointer()).line();
        Integer before = lines.putIfAbsent(new Baseline.Entry(entry.key(), entry.level(), 1), line);
        if (before == null) {
            entries.add(entry);
        } else {
            problem(document, finding.pointer(), "the finding is given already, on line " + before);
        }
    }

    private Optional<Baseline.Level> level(Document document, Field action) {
        String text = required(document, action);
        Optional<Baseline.Level> level = Baseline.Level.named(text);
        if (level.isEmpty() && action.isPresent()) {
            problem(
                    document,
                    action.pointer(),
                    "action: expected deny, harden, warn or note, found \"" + SafeText.line(text) + '"');
        }
        return level;
    }

    private int count(Document document, Field count) {
        OptionalLong number = count.integer();
        if (number.isPresent() && (number.getAsLong() < 1 || number.getAsLong() > MOST)) {
            problem(document, count.pointer(), "count: expected a number from 1 to " + MOST);
            return 1;
        }
        return (int) number.orElse(1);
    }

    private String required(Document document, Field field) {
        String text = field.textOrEmpty();
        if (field.isAbsent()) {
            problem(document, field.pointer(), "\"" + field.name() + "\" is required");
        }
        return text;
    }

    private void expect(Document document, Field field, String expected) {
        String text = field.textOrEmpty();
        if (!text.equals(expected)) {
            problem(
                    document,
                    field.pointer(),
                    field.name() + ": expected " + expected
                            + (field.isAbsent() ? "" : ", found \"" + SafeText.line(text) + '"'));
        }
    }

    private void known(Document document, Field object, Set<String> names) {
        for (Field member : object.members()) {
            if (!names.contains(member.name())) {
                problem(document, member.pointer(), "unknown key \"" + SafeText.line(member.name()) + '"');
            }
        }
    }

    private void problem(Document document, String pointer, String message) {
        Position position = document.position(pointer);
        problems.add(new ManifestProblem(file, position.line(), position.column(), message));
    }
}
