package dev.bulkhead.admission;

import dev.bulkhead.admission.Intake.Received;
import dev.bulkhead.admission.Reviewer.Answer;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Where the API server knocks: lets nothing in but complete, plain JSON at the right address, hands it to the reviewer
 * and sends the answer. Small reviews are answered on the event loop that read them; large ones, one at a time, on a
 * thread of their own, so that they delay nobody and never pile up as trees in memory.
 */
@Singleton
final class Door {
    private static final Logger LOG = Logger.getLogger(Door.class);

    /** Takes longer to judge than others should wait. */
    private static final int LARGE = 256 * 1024;

    /** Last of all, so that other parts of the program can have paths of their own. */
    private static final int AFTER_ALL = Integer.MAX_VALUE;

    private final Vertx vertx;
    private final Reviewer reviewer;
    private final Room room;
    private final int maxBody;
    private final Duration bodyTimeout;
    private final WorkerExecutor largeReviews;

    Door(GateConfig config, Reviewer reviewer, Vertx vertx) {
        this.vertx = vertx;
        this.reviewer = reviewer;
        this.room = new Room(config.admission().maxBuffered().asLongValue());
        this.maxBody = Math.toIntExact(config.admission().maxBody().asLongValue());
        this.bodyTimeout = config.admission().bodyTimeout();
        this.largeReviews = vertx.createSharedWorkerExecutor("large-reviews", 1);
    }

    /** Why nobody is let in. */
    private record Refusal(int status, String text) {}

    void open(@Observes Router router) {
        router.route().handler(this::enter);
        router.route()
                .order(AFTER_ALL)
                .handler(routing -> turnAway(routing.request(), new Refusal(404, "There is nothing here. " + usage())));
    }

    private void enter(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        Optional<Address> address = Address.of(request.path());
        if (address.isEmpty()) {
            routing.next();
            return;
        }
        try {
            Optional<Refusal> refusal = refusal(request, address.get());
            if (refusal.isPresent()) {
                turnAway(request, refusal.get());
                return;
            }
            if (expectsToBeAsked(request)) {
                request.response().writeContinue();
            }
            Intake.keep(
                    request, vertx, room, maxBody, bodyTimeout, received -> answer(request, address.get(), received));
        } catch (RuntimeException e) {
            respond(request, failure(e), true);
        }
    }

    private Optional<Refusal> refusal(HttpServerRequest request, Address address) {
        if (address.profile().filter(profile -> !reviewer.knowsProfile(profile)).isPresent()) {
            return Optional.of(new Refusal(404, "There is no profile of that name."));
        }
        if (!request.method().equals(HttpMethod.POST)) {
            return Optional.of(new Refusal(405, "Only POST is answered. " + usage()));
        }
        if (request.headers().contains(HttpHeaders.CONTENT_ENCODING)) {
            return Optional.of(new Refusal(415, "The body must not be encoded."));
        }
        if (!isJson(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
            return Optional.of(new Refusal(415, "The body must be application/json."));
        }
        return Optional.empty();
    }

    private static boolean isJson(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            if (!parameter.isEmpty() && !parameter.equals("charset=utf-8")) {
                return false;
            }
        }
        return parts[0].strip().equals("application/json");
    }

    private static boolean expectsToBeAsked(HttpServerRequest request) {
        return "100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT));
    }

    private void turnAway(HttpServerRequest request, Refusal refusal) {
        Answer answer = text(refusal.status(), refusal.text());
        if (refusal.status() == 405) {
            request.response().putHeader(HttpHeaders.ALLOW, "POST");
        }
        if (expectsToBeAsked(request)) {
            // The body stays with the client, so that the connection is of no further use.
            respond(request, answer, true);
            return;
        }
        Intake.discard(
                request,
                vertx,
                bodyTimeout,
                received -> respond(request, answer, received instanceof Received.TooSlow));
    }

    private void answer(HttpServerRequest request, Address address, Received received) {
        if (received instanceof Received.Whole whole && whole.intake().length() > LARGE) {
            largeReviews
                    .executeBlocking(() -> review(address, whole.intake()), false)
                    .onComplete(done -> {
                        whole.intake().release();
                        respond(request, done.succeeded() ? done.result() : failure(done.cause()), false);
                    });
        } else if (received instanceof Received.Whole whole) {
            Answer answer = review(address, whole.intake());
            whole.intake().release();
            respond(request, answer, false);
        } else if (received instanceof Received.TooLarge large) {
            respond(request, refuse(address, large.beginning()), false);
        } else if (received instanceof Received.NoRoom) {
            request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
            respond(request, text(429, "Too many large reviews at once."), false);
        } else {
            respond(request, text(408, "The body did not arrive within " + bodyTimeout.toSeconds() + " s."), true);
        }
    }

    private Answer review(Address address, Intake intake) {
        return answered(() -> reviewer.answer(address.path(), address.profile(), intake.bytes()));
    }

    private Answer refuse(Address address, Intake beginning) {
        String reason = "the review is larger than " + maxBody + " bytes";
        return answered(() -> reviewer.refuse(address.path(), beginning.bytes(), reason));
    }

    /** Whatever goes wrong, even a lack of memory: a client without an answer waits for its own timeout. */
    private static Answer answered(Supplier<Answer> answer) {
        try {
            return answer.get();
        } catch (RuntimeException | Error e) {
            return failure(e);
        }
    }

    /** Our own fault: the client gets a reference to the log, which says more. */
    private static Answer failure(Throwable cause) {
        String reference = String.format("%08x", ThreadLocalRandom.current().nextInt());
        LOG.errorf(cause, "Bulkhead failed to answer a review, reference %s", reference);
        return text(500, "Bulkhead failed to answer; its log has more under the reference " + reference + ".");
    }

    private static Answer text(int status, String text) {
        return new Answer(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String usage() {
        return "POST an AdmissionReview to /validate, /mutate, /validate/{profile} or /mutate/{profile}.";
    }

    private static void respond(HttpServerRequest request, Answer answer, boolean last) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(answer.status()).putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType());
        if (last) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        response.end(Buffer.buffer(answer.body())).onComplete(sent -> {
            if (last) {
                request.connection().close();
            }
        });
    }
}
