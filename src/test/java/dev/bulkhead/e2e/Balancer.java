package dev.bulkhead.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands in for a Service: takes connections at its address and hands them to the replicas in turn. */
final class Balancer implements AutoCloseable {
    private final ServerSocket server;
    private final List<Integer> ports = new CopyOnWriteArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final Map<Socket, Socket> open = new ConcurrentHashMap<>();

    Balancer(String address, int port) throws IOException {
        server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getByName(address), port));
        start(this::accept);
    }

    /** The replicas that are ready, by their ports on loopback. */
    void to(List<Integer> ready) {
        ports.clear();
        ports.addAll(ready);
    }

    /** Closes the connections that lead to that port. */
    void cut(int port) {
        open.forEach((client, replica) -> {
            if (replica.getPort() == port) {
                close(client);
                close(replica);
            }
        });
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                start(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        List<Integer> ready = List.copyOf(ports);
        if (ready.isEmpty()) {
            close(client);
            return;
        }
        try {
            Socket replica = new Socket(
                    InetAddress.getLoopbackAddress(), ready.get(Math.floorMod(next.getAndIncrement(), ready.size())));
            // Else the end of each review waits for some 40 ms, until its beginning is acknowledged.
            client.setTcpNoDelay(true);
            replica.setTcpNoDelay(true);
            open.put(client, replica);
            start(() -> copy(client, replica));
            copy(replica, client);
            open.remove(client);
        } catch (IOException e) {
            close(client);
        }
    }

    private static void copy(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            // One of both has gone, and so goes the other.
        } finally {
            close(from);
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "balancer");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
