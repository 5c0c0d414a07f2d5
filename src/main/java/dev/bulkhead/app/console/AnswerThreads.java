package dev.bulkhead.app.console;

import dev.bulkhead.app.admission.Incident;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Makes answers on other threads than the event loop's, within a time. What goes wrong or takes too long is answered too. */
final class AnswerThreads {
    private static final Logger LOG = Logger.getLogger(AnswerThreads.class);

    private final PageThreads threads;
    private final Failures failures;
    private final Duration longest;

    AnswerThreads(PageThreads threads, Failures failures, Duration longest) {
        this.threads = threads;
        this.failures = failures;
        this.longest = longest;
    }

    /**
     * Makes something of an exchange and hands it to the receiver on the event loop.
     *
     * @param work runs on one of the threads
     * @param then receives what the work made; not called once the exchange has been answered otherwise
     * @param onFailure sends an answer that says why the work made nothing
     * @param onEnd runs once the work has ended, on any thread
     */
    <T> void work(
            Exchange exchange,
            Supplier<T> work,
            Consumer<T> then,
            Consumer<ConsoleResponse> onFailure,
            Runnable onEnd) {
        OneAnswer answer = new OneAnswer();
        Optional<PageThreads.Running> running = threads.run(
                () -> {
                    try {
                        T made = work.get();
                        exchange.later(() -> answer.hand(exchange, () -> then.accept(made)));
                    } catch (RuntimeException | Error e) {
                        Incident incident = Incident.of(e);
                        exchange.later(() -> answer.hand(
                                exchange,
                                () -> onFailure.accept(failures.of(
                                        exchange, 500, "Something went wrong", "There was " + incident.text() + "."))));
                    }
                },
                onEnd);
        if (running.isEmpty()) {
            onFailure.accept(failures.busy(exchange));
            return;
        }
        answer.timer = Optional.of(exchange.vertx()
                .setTimer(
                        longest.toMillis(),
                        late -> answer.hand(exchange, () -> {
                            running.get().cancel();
                            LOG.warnf("an answer took more than %d ms", longest.toMillis());
                            onFailure.accept(failures.tooLate(exchange));
                        })));
    }

    /** Whether an answer was handed on. Used by the event loop. */
    private static final class OneAnswer {
        private Optional<Long> timer = Optional.empty();
        private boolean done;

        private void hand(Exchange exchange, Runnable sending) {
            if (!done) {
                done = true;
                timer.ifPresent(exchange.vertx()::cancelTimer);
                sending.run();
            }
        }
    }
}
