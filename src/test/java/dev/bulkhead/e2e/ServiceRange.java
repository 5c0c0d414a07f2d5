package dev.bulkhead.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Loopback addresses for the Services of one control plane. Control planes of several checkouts may run on one machine at
 * once: a range is claimed by listening at its first address, which no Service gets, so that the operating system gives
 * it to one process only, and takes it back when that ends in whatever way.
 */
final class ServiceRange implements AutoCloseable {
    /** Where nothing else is expected to listen; outside the ports that the system gives away. */
    private static final int PORT = 7_399;

    private static final int TRIES = 1_000;

    private final String first;
    private final ServerSocket claim;

    private ServiceRange(String first, ServerSocket claim) {
        this.first = first;
        this.claim = claim;
    }

    /** Claims a range that nobody has claimed. */
    static ServiceRange claim() {
        return claim(ThreadLocalRandom.current());
    }

    /** Tries ranges in the order of those random numbers. */
    static ServiceRange claim(Random random) {
        IOException last = new IOException("no range was tried");
        for (int i = 0; i < TRIES; i++) {
            // Below, people and other programs may use single addresses.
            String first = "127." + (64 + random.nextInt(191)) + "." + random.nextInt(256) + ".0";
            try {
                return new ServiceRange(first, listenAt(first));
            } catch (IOException e) {
                last = e;
            }
        }
        throw new UncheckedIOException("all ranges of loopback addresses seem to be taken", last);
    }

    private static ServerSocket listenAt(String address) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), PORT));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** As the API server takes it, such as {@code 127.200.17.0/24}. */
    String cidr() {
        return first + "/24";
    }

    /** Gives the range back. */
    @Override
    public void close() {
        try {
            claim.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
