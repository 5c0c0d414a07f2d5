package dev.bulkhead.app.admission.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.math.BigInteger;

/** Numbers of JSON: whole ones are read exactly, others as the nearest double. */
final class JsonNumber {
    /** Longer ones have no meaning in Kubernetes, and take quadratic time to convert. */
    private static final int MAX_LENGTH = 400;

    /** A number of so many characters always fits into a long. */
    private static final int LONG_LENGTH = 18;

    /** A number of so many characters without an exponent always fits into a double. */
    private static final int DOUBLE_LENGTH = 308;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonNumber() {}

    /**
     * Reads the number that begins here.
     *
     * @throws IOException when none begins here, or one that is longer than {@value #MAX_LENGTH} characters or beyond
     *     the range of a double, which the API server's own reader refuses
     */
    static JsonNode read(JsonCursor json) throws IOException {
        int start = json.position();
        boolean whole = pass(json);
        int length = json.position() - start;
        if (!whole) {
            return NODES.numberNode(inRange(Double.parseDouble(json.ascii(start, start + length)), json));
        }
        if (length <= LONG_LENGTH) {
            long number = Long.parseLong(json.ascii(start, start + length));
            return number == (int) number ? NODES.numberNode((int) number) : NODES.numberNode(number);
        }
        BigInteger number = new BigInteger(json.ascii(start, start + length));
        if (number.bitLength() < Long.SIZE) {
            return NODES.numberNode(number.longValue());
        }
        inRange(number.doubleValue(), json);
        return NODES.numberNode(number);
    }

    /** Skips the number that begins here, with the same checks as for reading it. */
    static void skip(JsonCursor json) throws IOException {
        int start = json.position();
        boolean whole = pass(json);
        if (!whole || json.position() - start > DOUBLE_LENGTH) {
            inRange(Double.parseDouble(json.ascii(start, json.position())), json);
        }
    }

    private static double inRange(double number, JsonCursor json) throws IOException {
        if (Double.isInfinite(number)) {
            throw json.wrong("a number out of range");
        }
        return number;
    }

    /** Skips the number that begins here, and returns whether it has neither fraction nor exponent. */
    private static boolean pass(JsonCursor json) throws IOException {
        int start = json.position();
        boolean whole = true;
        if (json.current() == '-') {
            json.advance();
        }
        boolean zero = json.current() == '0';
        int digits = digits(json);
        if (digits == 0 || (zero && digits > 1)) {
            throw json.wrong("expected a value");
        }
        if (json.current() == '.') {
            whole = false;
            json.advance();
            expectDigits(json);
        }
        if (json.current() == 'e' || json.current() == 'E') {
            whole = false;
            json.advance();
            if (json.current() == '+' || json.current() == '-') {
                json.advance();
            }
            expectDigits(json);
        }
        if (json.position() - start > MAX_LENGTH) {
            throw json.wrong("a number of more than " + MAX_LENGTH + " characters");
        }
        return whole;
    }

    private static void expectDigits(JsonCursor json) throws IOException {
        if (digits(json) == 0) {
            throw json.wrong("expected a digit");
        }
    }

    private static int digits(JsonCursor json) {
        int start = json.position();
        while (json.current() >= '0' && json.current() <= '9') {
            json.advance();
        }
        return json.position() - start;
    }
}
