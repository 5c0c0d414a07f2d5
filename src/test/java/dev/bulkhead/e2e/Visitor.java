package dev.bulkhead.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Somebody at a console's address: a browser as far as cookies go, or a program that sends its token each time. */
final class Visitor {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private static final Pattern FORM_TOKEN = Pattern.compile("name=\"token\" value=\"([^\"]+)\"");

    private final String url;
    private Optional<String> cookie = Optional.empty();

    /** Has not signed in. */
    Visitor(Replica console) {
        this("http://127.0.0.1:" + console.console());
    }

    /** Comes by another address, such as a proxy's. */
    Visitor(String url) {
        this.url = url;
    }

    /** An answer, and the cookies that it sets. */
    record Answer(int status, String body, List<String> cookies) {
        /** What is the same in two answers if both say the same: no time and no form's token. */
        String essence() {
            return FORM_TOKEN
                    .matcher(body.replaceAll("<time.*?</time>", "<time>"))
                    .replaceAll("<token>");
        }
    }

    /** Sends the form of the page at which a person signs in. */
    Answer signIn(String token) {
        Answer answer = send("/sign-in", form(Map.of("bearer", token, "next", "/")));
        cookie = answer.cookies().stream()
                .map(text -> text.substring(0, text.indexOf(';')))
                .findFirst();
        return answer;
    }

    /** Whether its last attempt to sign in began a session. */
    boolean hasSession() {
        return cookie.isPresent();
    }

    Answer get(String path) {
        return send(path, HttpRequest.newBuilder());
    }

    /** As a program that sends headers of its own. */
    Answer get(String path, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder();
        headers.forEach(request::header);
        return send(path, request);
    }

    /** As a program that sends its token. */
    Answer bearing(String token, String path) {
        return get(path, Map.of("Authorization", "Bearer " + token));
    }

    /** Sends a form as the page at its path does. */
    Answer post(String path, Map<String, String> fields) {
        Map<String, String> all = new HashMap<>(fields);
        Matcher token = FORM_TOKEN.matcher(get(path).body());
        if (token.find()) {
            all.put("token", token.group(1));
        }
        return send(path, form(all));
    }

    private HttpRequest.Builder form(Map<String, String> fields) {
        return HttpRequest.newBuilder()
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", url)
                .POST(BodyPublishers.ofString(fields.entrySet().stream()
                        .map(field ->
                                field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"))));
    }

    private Answer send(String path, HttpRequest.Builder request) {
        request.uri(URI.create(url + path)).timeout(Duration.ofSeconds(60));
        cookie.ifPresent(session -> request.header("Cookie", session));
        try {
            HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(), response.body(), response.headers().allValues("set-cookie"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
