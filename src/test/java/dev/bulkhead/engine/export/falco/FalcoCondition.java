package dev.bulkhead.engine.export.falco;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A condition as Falco parses it, after its grammar in falcosecurity/libs, userspace/libsinsp/filter/parser.h. */
sealed interface FalcoCondition {
    /** Whether it holds of an event with these fields; a field that is missing compares with nothing. */
    boolean test(Map<String, String> event);

    /** Hands over every comparison, in its order. */
    void forEach(Consumer<Check> check);

    record All(List<FalcoCondition> parts) implements FalcoCondition {
        @Override
        public boolean test(Map<String, String> event) {
            return parts.stream().allMatch(part -> part.test(event));
        }

        @Override
        public void forEach(Consumer<Check> check) {
            parts.forEach(part -> part.forEach(check));
        }
    }

    record Any(List<FalcoCondition> parts) implements FalcoCondition {
        @Override
        public boolean test(Map<String, String> event) {
            return parts.stream().anyMatch(part -> part.test(event));
        }

        @Override
        public void forEach(Consumer<Check> check) {
            parts.forEach(part -> part.forEach(check));
        }
    }

    record Not(FalcoCondition part) implements FalcoCondition {
        @Override
        public boolean test(Map<String, String> event) {
            return !part.test(event);
        }

        @Override
        public void forEach(Consumer<Check> check) {
            part.forEach(check);
        }
    }

    /**
     * A comparison.
     *
     * @param field with its argument
     * @param other the field that it is compared with, if it is one
     */
    record Check(String field, String operator, List<String> values, Optional<String> other) implements FalcoCondition {
        @Override
        public boolean test(Map<String, String> event) {
            String actual = event.get(field);
            if (actual == null) {
                return false;
            }
            if (other.isPresent()) {
                boolean same = actual.equals(event.get(other.get()));
                return operator.equals("=") == same;
            }
            String value = values.isEmpty() ? "" : values.get(0);
            return switch (operator) {
                case "exists" -> true;
                case "=" -> actual.equals(value);
                case "!=" -> !actual.equals(value);
                case ">=" -> Long.parseLong(actual) >= Long.parseLong(value);
                case "in" -> values.contains(actual);
                case "startswith" -> actual.startsWith(value);
                case "endswith" -> actual.endsWith(value);
                case "contains" -> actual.contains(value);
                case "regex" -> actual.matches(value);
                default -> throw new IllegalArgumentException("not evaluated here: " + operator);
            };
        }

        @Override
        public void forEach(Consumer<Check> check) {
            check.accept(this);
        }
    }

    /** Parses a condition; macros are replaced by theirs. */
    static FalcoCondition parse(String text, Map<String, FalcoCondition> macros) {
        Parser parser = new Parser(Parser.tokens(text), macros);
        FalcoCondition condition = parser.or();
        if (parser.at < parser.tokens.size()) {
            throw new IllegalArgumentException(
                    "more than a condition, from " + parser.tokens.get(parser.at) + ": " + text);
        }
        return condition;
    }

    /** A parser by recursive descent. */
    final class Parser {
        private static final Pattern TOKEN =
                Pattern.compile("\\s*(?:(\"(?:\\\\.|[^\"\\\\])*\")|(!=|<=|>=|[=<>(),])|((?:(?!!=)[^()\"'\\s=,<>])+))");

        private static final Pattern FIELD =
                Pattern.compile("[a-zA-Z][a-zA-Z0-9_]*(\\.[a-zA-Z][a-zA-Z0-9_]*)+(\\[[^\\]\\[\"'\\s]+\\])?");

        private static final Pattern MACRO = Pattern.compile("[a-zA-Z][a-zA-Z0-9_]*");

        private final List<String> tokens;
        private final Map<String, FalcoCondition> macros;
        private int at;

        private Parser(List<String> tokens, Map<String, FalcoCondition> macros) {
            this.tokens = tokens;
            this.macros = macros;
        }

        private static List<String> tokens(String text) {
            List<String> tokens = new ArrayList<>();
            Matcher token = TOKEN.matcher(text.strip());
            int end = 0;
            while (token.lookingAt()) {
                tokens.add(token.group().strip());
                end = token.end();
                token.region(end, text.strip().length());
            }
            if (end < text.strip().length()) {
                throw new IllegalArgumentException("no token at " + text.strip().substring(end));
            }
            return tokens;
        }

        private boolean skip(String token) {
            boolean there = at < tokens.size() && tokens.get(at).equals(token);
            at += there ? 1 : 0;
            return there;
        }

        private String next() {
            if (at == tokens.size()) {
                throw new IllegalArgumentException("ends too early: " + tokens);
            }
            return tokens.get(at++);
        }

        private FalcoCondition or() {
            List<FalcoCondition> parts = new ArrayList<>(List.of(and()));
            while (skip("or")) {
                parts.add(and());
            }
            return parts.size() == 1 ? parts.get(0) : new Any(parts);
        }

        private FalcoCondition and() {
            List<FalcoCondition> parts = new ArrayList<>(List.of(not()));
            while (skip("and")) {
                parts.add(not());
            }
            return parts.size() == 1 ? parts.get(0) : new All(parts);
        }

        private FalcoCondition not() {
            if (skip("not")) {
                return new Not(not());
            }
            if (skip("(")) {
                FalcoCondition inner = or();
                expect(")");
                return inner;
            }
            String word = next();
            if (MACRO.matcher(word).matches()) {
                FalcoCondition macro = macros.get(word);
                if (macro == null) {
                    throw new IllegalArgumentException("undefined macro " + word);
                }
                return macro;
            }
            if (!FIELD.matcher(word).matches()) {
                throw new IllegalArgumentException("neither field nor macro: " + word);
            }
            return check(word);
        }

        private FalcoCondition check(String field) {
            String operator = next();
            if (operator.equals("exists")) {
                return new Check(field, operator, List.of(), Optional.empty());
            }
            if (List.of("in", "intersects", "pmatch").contains(operator)) {
                expect("(");
                List<String> values = new ArrayList<>();
                while (!skip(")")) {
                    values.add(value());
                    if (!skip(",")) {
                        expect(")");
                        break;
                    }
                }
                return new Check(field, operator, List.copyOf(values), Optional.empty());
            }
            if (skip("val")) {
                expect("(");
                String other = next();
                expect(")");
                return new Check(field, operator, List.of(), Optional.of(other));
            }
            return new Check(field, operator, List.of(value()), Optional.empty());
        }

        private String value() {
            String token = next();
            if (token.startsWith("\"")) {
                return token.substring(1, token.length() - 1).replaceAll("\\\\(.)", "$1");
            }
            if (List.of("(", ")", ",", "=", "and", "or", "not").contains(token)) {
                throw new IllegalArgumentException("no value: " + token);
            }
            return token;
        }

        private void expect(String token) {
            if (!skip(token)) {
                throw new IllegalArgumentException(
                        "expected " + token + " before " + tokens.subList(at, Math.min(tokens.size(), at + 3)));
            }
        }
    }
}
