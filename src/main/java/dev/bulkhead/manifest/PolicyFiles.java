package dev.bulkhead.manifest;

import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.document.Declaration;
import dev.bulkhead.engine.policy.document.PolicyReader;
import dev.bulkhead.engine.policy.document.PolicyReader.Reading;
import dev.bulkhead.engine.workload.Field;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The policies and exemptions in files and directories, and all problems found in them. */
public final class PolicyFiles {
    private final Instant now;
    private final Duration longestExemption;
    private final List<Declaration> declarations = new ArrayList<>();
    private final IdentityHashMap<Declaration, ManifestObject> sources = new IdentityHashMap<>();
    private final Map<String, Declaration> byName = new HashMap<>();
    private final List<ManifestProblem> problems = new ArrayList<>();

    private PolicyFiles(Instant now, Duration longestExemption) {
        this.now = now;
        this.longestExemption = longestExemption;
    }

    /** Reads all of them; a problem in one does not prevent reading the others. */
    public static PolicyFiles read(List<Path> paths, Instant now, Duration longestExemption) {
        return read(paths, now, longestExemption, DefaultPolicy.FALLBACK);
    }

    /**
     * Reads all of them; a problem in one does not prevent reading the others.
     *
     * @param defaultPolicy what becomes of workloads that no policy matches; if that is nothing, there must be a
     *     policy
     */
    public static PolicyFiles read(
            List<Path> paths, Instant now, Duration longestExemption, DefaultPolicy defaultPolicy) {
        PolicyFiles files = new PolicyFiles(now, longestExemption);
        paths.forEach(files::read);
        if (defaultPolicy == DefaultPolicy.NONE
                && files.problems.isEmpty()
                && files.policies().isEmpty()) {
            String names = paths.stream().map(Path::toString).collect(Collectors.joining(", "));
            files.problems.add(ManifestProblem.ofFile(
                    names, "there is no policy, and the default policy is \"none\": nothing would be evaluated"));
        }
        return files;
    }

    /** Reads the documents of one text, which problems call by that name. */
    public static PolicyFiles read(String name, byte[] content, Instant now, Duration longestExemption) {
        PolicyFiles files = new PolicyFiles(now, longestExemption);
        new DocumentReader().read(name, content, files::read);
        if (files.declarations.isEmpty() && files.problems.isEmpty()) {
            files.problems.add(ManifestProblem.ofFile(name, "there is no policy and no exemption in it"));
        }
        return files;
    }

    private void read(ReadResult result) {
        result.<Optional<ManifestProblem>>fold(
                        document -> {
                            // A policy that could be read in two ways is none.
                            problems.addAll(document.warnings());
                            document.objects().forEach(this::read);
                            return Optional.empty();
                        },
                        Optional::of)
                .ifPresent(problems::add);
    }

    private void read(Path path) {
        if (path.toString().equals("-")) {
            problems.add(ManifestProblem.ofFile("-", "policies are read from files, not from standard input"));
            return;
        }
        int before = declarations.size() + problems.size();
        ManifestFiles.of(List.of(path.toString())).forEach(InputStream.nullInputStream(), this::read);
        if (declarations.size() + problems.size() == before) {
            problems.add(ManifestProblem.ofFile(path.toString(), "there is no policy and no exemption in it"));
        }
    }

    private void read(ManifestObject object) {
        Reading reading = PolicyReader.read(object.node(), now, longestExemption);
        Field document = Field.root(object.node());
        if (reading instanceof Reading.OfPolicy of) {
            add(
                    new Declaration.OfPolicy(of.policy(), document),
                    "policy \"" + of.policy().name() + "\"",
                    object);
        } else if (reading instanceof Reading.OfExemption of) {
            add(
                    new Declaration.OfExemption(of.exemption(), document),
                    "exemption \"" + of.exemption().name() + "\"",
                    object);
        } else if (reading instanceof Reading.Refused refused) {
            refused.problems().stream()
                    .map(problem -> problemAt(object, problem.pointer(), problem.message()))
                    .sorted(Comparator.comparingInt(ManifestProblem::line).thenComparingInt(ManifestProblem::column))
                    .forEach(problems::add);
        }
    }

    private void add(Declaration declaration, String name, ManifestObject object) {
        sources.put(declaration, object);
        Declaration other = byName.putIfAbsent(name, declaration);
        if (other == null) {
            declarations.add(declaration);
        } else {
            ManifestProblem there = problemAt(other, "/metadata/name", "");
            problems.add(problemAt(
                    declaration,
                    "/metadata/name",
                    name + " is declared already, at " + there.file() + ":" + there.line() + ":" + there.column()));
        }
    }

    /** A remark on a field of one of the declarations, with its position. */
    public ManifestProblem problemAt(Declaration declaration, String pointer, String message) {
        ManifestObject source = sources.get(declaration);
        if (source == null) {
            throw new IllegalArgumentException("the declaration is none of these files'");
        }
        return problemAt(source, pointer, message);
    }

    private static ManifestProblem problemAt(ManifestObject source, String pointer, String message) {
        return ManifestProblem.at(source.document().file(), source.position(pointer), message);
    }

    /** All problems, in the files' order. */
    public List<ManifestProblem> problems() {
        return List.copyOf(problems);
    }

    /** The declarations that were read, in the files' order. */
    public List<Declaration> declarations() {
        return List.copyOf(declarations);
    }

    public List<Policy> policies() {
        return declarations.stream()
                .filter(Declaration.OfPolicy.class::isInstance)
                .map(declaration -> ((Declaration.OfPolicy) declaration).policy())
                .toList();
    }

    public List<Exemption> exemptions() {
        return declarations.stream()
                .filter(Declaration.OfExemption.class::isInstance)
                .map(declaration -> ((Declaration.OfExemption) declaration).exemption())
                .toList();
    }

    /**
     * The policies in force by these files.
     *
     * @param fallback what evaluates the workloads that no policy in the files matches
     * @throws IllegalStateException when there are problems
     */
    public PolicySet inForce(Optional<Policy> fallback) {
        if (!problems.isEmpty()) {
            throw new IllegalStateException("policies with problems cannot be in force");
        }
        return new PolicySet(policies(), fallback, exemptions());
    }
}
