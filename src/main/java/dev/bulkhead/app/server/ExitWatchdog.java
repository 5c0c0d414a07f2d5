package dev.bulkhead.app.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ends the process when stopping takes too long: whatever hangs, it must not be left to a kubelet to kill it. It depends
 * on nothing but a thread of its own.
 */
public final class ExitWatchdog {
    /** What a process exits with that SIGTERM ended. */
    private static final int TERMINATED = 143;

    private static final long TO_SAY_SO_MILLIS = 1_000;

    private ExitWatchdog() {}

    /** From when the process is told to stop, it has that long to end by itself. */
    public static void arm(Duration longest) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> start("exit-watchdog", () -> watch(longest)), "exit-watchdog-start"));
    }

    /** The process ends without waiting for it. */
    private static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void watch(Duration longest) {
        try {
            TimeUnit.NANOSECONDS.sleep(longest.toNanos());
            // Where nobody takes what is said, saying so would take for ever.
            Thread saying = start(
                    "exit-watchdog-says",
                    () -> System.err.println("bulkhead: stopping took more than " + longest.toMillis()
                            + " ms, the process ends as it is"));
            saying.join(TO_SAY_SO_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(TERMINATED);
    }
}
