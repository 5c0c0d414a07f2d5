package dev.bulkhead.engine.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An exported policy as the API server evaluates it, with another implementation of CEL. */
final class CelPolicy {
    /** What the API server adds to CEL and the library does not have: {@code TEXT.find(PATTERN)}. */
    private static final CelFunctionDecl FIND = CelFunctionDecl.newFunctionDeclaration(
            "find",
            CelOverloadDecl.newMemberOverload(
                    "string_find_string", SimpleType.STRING, SimpleType.STRING, SimpleType.STRING));

    private static final CelOptions OPTIONS =
            CelOptions.current().enableHeterogeneousNumericComparisons(true).build();

    private static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addLibraries(CelExtensions.optional(), CelExtensions.strings(), CelExtensions.lists())
            .addFunctionDeclarations(FIND)
            .addVar("object", SimpleType.DYN)
            .addVar("oldObject", SimpleType.DYN)
            .addVar("request", SimpleType.DYN)
            .addVar("namespaceObject", SimpleType.DYN)
            .addVar("variables", MapType.create(SimpleType.STRING, SimpleType.DYN))
            .build();

    private static final CelRuntime RUNTIME = CelRuntimeFactory.legacyCelRuntimeBuilder()
            .setOptions(OPTIONS)
            .addLibraries(CelExtensions.optional(), CelExtensions.strings(), CelExtensions.lists())
            .addFunctionBindings(
                    CelFunctionBinding.from("string_find_string", String.class, String.class, (text, pattern) -> {
                        Matcher matcher = Pattern.compile(pattern).matcher(text);
                        return matcher.find() ? matcher.group() : "";
                    }))
            .build();

    private final ValidatingPolicy policy;
    private final CelRuntime.Program condition;
    private final Map<String, CelRuntime.Program> variables = new LinkedHashMap<>();
    private final CelRuntime.Program expression;
    private final CelRuntime.Program message;

    CelPolicy(ValidatingPolicy policy) {
        this.policy = policy;
        this.condition = program(AdmissionScope.CHANGES_A_POD);
        policy.variables().forEach(variable -> variables.put(variable.name(), program(variable.expression())));
        this.expression = program(policy.expression());
        this.message = program(policy.messageExpression());
    }

    static CelRuntime.Program program(String expression) {
        try {
            return RUNTIME.createProgram(COMPILER.compile(expression).getAst());
        } catch (CelValidationException | CelEvaluationException e) {
            throw new AssertionError(expression, e);
        }
    }

    ValidatingPolicy policy() {
        return policy;
    }

    /** What it says is wrong, one text for each rule; none if nothing is. */
    List<String> violations(Request request) {
        Map<String, Object> input = input(request);
        if (!(boolean) eval(condition, input)) {
            return List.of();
        }
        Map<String, Object> values = new HashMap<>();
        input.put("variables", values);
        variables.forEach((name, program) -> values.put(name, eval(program, input)));
        List<String> violations = new ArrayList<>();
        ((List<?>) values.getOrDefault(policy.violations(), List.of())).forEach(text -> violations.add((String) text));
        if ((boolean) eval(expression, input) != violations.isEmpty()
                || ((String) eval(message, input)).isEmpty() != violations.isEmpty()) {
            throw new AssertionError("the expression disagrees with the list of violations");
        }
        return violations;
    }

    /** The variables that the API server has. */
    static Map<String, Object> input(Request request) {
        Map<String, Object> input = new HashMap<>();
        input.put("object", plain(request.object()));
        input.put("oldObject", plain(request.oldObject()));
        input.put("request", plain(request.request()));
        input.put("namespaceObject", plain(request.namespace()));
        return input;
    }

    static Object eval(CelRuntime.Program program, Map<String, Object> input) {
        try {
            return program.eval(input);
        } catch (CelEvaluationException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** The value as the API server hands it to CEL, which knows no null fields. */
    static Object plain(JsonNode node) {
        if (node.isObject()) {
            Map<String, Object> object = new LinkedHashMap<>();
            node.properties().forEach(member -> {
                if (!member.getValue().isNull()) {
                    object.put(member.getKey(), plain(member.getValue()));
                }
            });
            return object;
        }
        if (node.isArray()) {
            List<Object> list = new ArrayList<>();
            node.forEach(item -> list.add(plain(item)));
            return list;
        }
        return node.isTextual()
                ? node.textValue()
                : node.isBoolean()
                        ? (Object) node.booleanValue()
                        : node.isIntegralNumber() ? (Object) node.longValue() : (Object) node.doubleValue();
    }
}
