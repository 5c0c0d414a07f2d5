package dev.bulkhead.app.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Ends the process when shutdown hangs, before the kubelet kills it. Depends only on its own thread. */
public final class ExitWatchdog {
    /** The exit code of a process that SIGTERM ended. */
    private static final int TERMINATED = 143;

    private static final long TO_SAY_SO_MILLIS = 1_000;

    private ExitWatchdog() {}

    /** Allows the process that long to stop by itself, counted from the start of its shutdown. */
    public static void arm(Duration maxDuration) {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> start("exit-watchdog", () -> watch(maxDuration)), "exit-watchdog-start"));
    }

    /** A daemon thread, which does not keep the process alive. */
    private static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void watch(Duration maxDuration) {
        try {
            TimeUnit.NANOSECONDS.sleep(maxDuration.toNanos());
            // Printing may block forever when nothing reads standard error.
            Thread saying = start(
                    "exit-watchdog-says",
                    () -> System.err.println("bulkhead: stopping took more than " + maxDuration.toMillis()
                            + " ms, the process ends as it is"));
            saying.join(TO_SAY_SO_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(TERMINATED);
    }
}
