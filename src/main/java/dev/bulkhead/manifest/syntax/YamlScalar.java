package dev.bulkhead.manifest.syntax;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;

/** What a scalar stands for, and what becomes of it as a JSON value and as the key of a JSON object. */
sealed interface YamlScalar {

    /** The JSON value, or empty where JSON has none. */
    Optional<JsonNode> node();

    /** The name under which kubectl files the value of this key, or empty where it refuses the key. */
    Optional<String> key();

    record Text(String text) implements YamlScalar {
        @Override
        public Optional<JsonNode> node() {
            return Optional.of(JsonNodeFactory.instance.textNode(text));
        }

        @Override
        public Optional<String> key() {
            return Optional.of(text);
        }
    }

    record Truth(boolean value) implements YamlScalar {
        @Override
        public Optional<JsonNode> node() {
            return Optional.of(JsonNodeFactory.instance.booleanNode(value));
        }

        @Override
        public Optional<String> key() {
            return Optional.of(Boolean.toString(value));
        }
    }

    record Nothing() implements YamlScalar {
        @Override
        public Optional<JsonNode> node() {
            return Optional.of(JsonNodeFactory.instance.nullNode());
        }

        @Override
        public Optional<String> key() {
            return Optional.empty();
        }
    }

    record Whole(long value) implements YamlScalar {
        @Override
        public Optional<JsonNode> node() {
            return Optional.of(Numbers.node(value));
        }

        @Override
        public Optional<String> key() {
            return Optional.of(Long.toString(value));
        }
    }

    record Fraction(double value) implements YamlScalar {
        @Override
        public Optional<JsonNode> node() {
            return Numbers.node(value);
        }

        @Override
        public Optional<String> key() {
            return Optional.of(spelled((float) value));
        }

        /** Go's {@code strconv.FormatFloat(value, 'g', -1, 32)}: version 1.20 as a key becomes 1.2. */
        private static String spelled(float value) {
            if (Float.isNaN(value)) {
                return ".nan";
            }
            if (Float.isInfinite(value)) {
                return value > 0 ? ".inf" : "-.inf";
            }
            if (value == 0) {
                return 1 / value > 0 ? "0" : "-0";
            }
            BigDecimal exact = new BigDecimal(Float.toString(value)).stripTrailingZeros();
            int exponent = exact.precision() - exact.scale() - 1;
            if (exponent >= -4 && exponent < 6) {
                return exact.toPlainString();
            }
            String digits = exact.unscaledValue().abs().toString();
            String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
            return (value < 0 ? "-" : "") + mantissa + String.format(Locale.ROOT, "e%+03d", exponent);
        }
    }
}
