package dev.bulkhead.app.observability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchedOutputTest {
    private static final int LIMIT = 64 << 10;

    private final Pipe pipe = new Pipe();
    private final AtomicLong lost = new AtomicLong();
    private final BatchedOutput output = new BatchedOutput(pipe, LIMIT, lost::addAndGet);

    /** A pipe that takes nothing while it is stuck, and fails once its reader has gone. */
    private static final class Pipe extends OutputStream {
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();
        private CountDownLatch open = new CountDownLatch(0);
        private boolean broken;
        private int begun;
        private int writes;

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            CountDownLatch gate;
            synchronized (this) {
                gate = open;
                begun++;
                if (broken) {
                    throw new IOException("Broken pipe");
                }
            }
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            synchronized (this) {
                read.write(bytes, from, count);
                writes++;
            }
        }

        synchronized void stick() {
            open = new CountDownLatch(1);
        }

        synchronized void unstick() {
            open.countDown();
        }

        synchronized void breakDown() {
            broken = true;
        }

        synchronized int begun() {
            return begun;
        }

        synchronized int writes() {
            return writes;
        }

        synchronized List<String> lines() {
            return read.toString(StandardCharsets.UTF_8).lines().toList();
        }
    }

    private void log(String line) {
        log(output, line);
    }

    private static void log(BatchedOutput output, String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        // As an encoder does with lines that are longer than its buffer.
        output.write(bytes, 0, bytes.length / 2);
        output.write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
        output.flush();
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("time that is left").isLessThan(end);
            Thread.sleep(1);
        }
    }

    @Test
    void writesALineWithoutBeingAskedFor() throws Exception {
        log("one");
        await(() -> pipe.lines().equals(List.of("one")));
        log("two");
        await(() -> pipe.lines().equals(List.of("one", "two")));
    }

    @Test
    void keepsALineThatIsNotEnded() throws Exception {
        log("one");
        output.write("tw".getBytes(StandardCharsets.UTF_8), 0, 2);
        await(() -> pipe.lines().equals(List.of("one")));
        Thread.sleep(3 * BatchedOutput.PAUSE.toMillis());
        assertThat(pipe.lines()).containsExactly("one");
        log("o");
        await(() -> pipe.lines().equals(List.of("one", "two")));
    }

    @Test
    void writesManyLinesTogetherAndEachInItsOrder() throws Exception {
        int lines = 20_000;
        BatchedOutput large = new BatchedOutput(pipe, 16 * LIMIT, lost::addAndGet);
        for (int i = 0; i < lines; i++) {
            log(large, "line " + i);
        }
        large.close();

        assertThat(pipe.lines())
                .containsExactlyElementsOf(
                        IntStream.range(0, lines).mapToObj(i -> "line " + i).toList());
        assertThat(pipe.writes()).isLessThan(lines / 10);
        assertThat(lost).hasValue(0);
    }

    @Test
    void keepsEachThreadFromWaitingWhileNothingIsRead() throws Exception {
        pipe.stick();
        int lines = 10_000;
        long start = System.nanoTime();
        for (int i = 0; i < lines; i++) {
            log("line " + i + " " + "x".repeat(100));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(output.capacity()).isLessThan(3 * LIMIT);

        pipe.unstick();
        await(() -> lost.get() > 0);
        output.close();
        List<String> written = pipe.lines();
        assertThat(written.size() + lost.get()).isEqualTo(lines);
        assertThat(written).allMatch(line -> line.matches("line \\d+ x{100}")).doesNotHaveDuplicates();
        assertThat(written.get(0)).startsWith("line 0 ");
    }

    @Test
    void hasRoomForTheReportOfWhatWasLost() throws Exception {
        AtomicReference<BatchedOutput> own = new AtomicReference<>();
        BatchedOutput reporting =
                new BatchedOutput(pipe, LIMIT, records -> log(Objects.requireNonNull(own.get()), "lost " + records));
        own.set(reporting);
        pipe.stick();
        log(reporting, "one");
        await(() -> pipe.begun() == 1);
        for (int i = 0; i < 2_000; i++) {
            log(reporting, "x".repeat(100));
        }
        long expected = reporting.lost();
        assertThat(expected).isGreaterThan(1_000);
        pipe.unstick();
        await(() -> pipe.lines().contains("lost " + expected));
        assertThat(pipe.lines()).filteredOn(line -> line.startsWith("lost")).hasSize(1);
        assertThat(pipe.lines()).hasSize((int) (2_002 - expected));
        assertThat(reporting.lost()).isEqualTo(expected);
    }

    @Test
    void losesALineThatIsLargerThanWhatItKeeps() throws Exception {
        log("small");
        log("x".repeat(2 * LIMIT));
        log("small again");
        output.close();
        await(() -> lost.get() == 1);
        assertThat(pipe.lines()).containsExactly("small", "small again");
    }

    @Test
    void countsWhatABrokenPipeTakes() throws Exception {
        pipe.breakDown();
        log("one");
        await(() -> lost.get() == 1);
        log("two");
        await(() -> lost.get() == 2);
    }

    @Test
    void givesBackTheMemoryOfABurst() throws Exception {
        BatchedOutput large = new BatchedOutput(pipe, 16 * LIMIT, lost::addAndGet);
        pipe.stick();
        log(large, "one");
        await(() -> pipe.begun() == 1);
        for (int i = 0; i < 1_000; i++) {
            log(large, "x".repeat(1_000));
        }
        assertThat(large.capacity()).isGreaterThan(8 * LIMIT);
        pipe.unstick();
        large.close();
        log(large, "one more");
        assertThat(pipe.lines()).hasSize(1_002);
        assertThat(large.capacity()).isLessThan(LIMIT);
    }

    @Test
    void writesEachLineBeforeItContinuesOnceItIsClosing() {
        log("before");
        output.close();
        assertThat(pipe.lines()).containsExactly("before");
        log("after");
        assertThat(pipe.lines()).containsExactly("before", "after");
    }

    @Test
    void waitsOnlyOnceForAPipeThatIsStuckAtTheEnd() {
        pipe.stick();
        log("before");
        long start = System.nanoTime();
        output.close();
        for (int i = 0; i < 50; i++) {
            log("after");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        pipe.unstick();
    }

    @Test
    void losesNothingOfManyThreads() throws Exception {
        BatchedOutput large = new BatchedOutput(pipe, 16 * LIMIT, lost::addAndGet);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            Thread thread = new Thread(() -> {
                for (int j = 0; j < 2_000; j++) {
                    // A handler lets one thread write at a time.
                    synchronized (large) {
                        log(large, "thread " + number + " line " + j);
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        large.close();
        assertThat(pipe.lines()).hasSize(8_000).doesNotHaveDuplicates();
        assertThat(large.lost()).isZero();
    }
}
