package dev.bulkhead.app.registry;

import dev.bulkhead.app.registry.BoundedBody.TooLongException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Requests of which each ends in time and takes a bounded amount of memory, whatever the server answers. */
final class BoundedHttp {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** What is read of an answer that is no success. */
    private static final int MOST_OF_FAILURE = 16 << 10;

    private static final int SUCCESS = 200;

    /** The server cannot be reached, or not by this scheme: another request to it would fail alike. */
    static final class UnreachableException extends IOException {
        private static final long serialVersionUID = 1L;

        UnreachableException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(Redirect.NEVER)
            .version(Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    /**
     * Sends a request, and never follows a redirect.
     *
     * @param most how many bytes a successful answer may have
     */
    HttpResponse<byte[]> send(HttpRequest request, int most, Deadline deadline)
            throws RegistryException, SSLException, UnreachableException {
        CompletableFuture<HttpResponse<byte[]>> exchange = client.sendAsync(
                request,
                head -> head.statusCode() == SUCCESS
                        ? BoundedBody.whole(most)
                        : BoundedBody.beginning(MOST_OF_FAILURE));
        try {
            return exchange.get(deadline.left(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new RegistryException(host(request.uri()) + " did not answer " + deadline.within(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException("interrupted", e);
        } catch (ExecutionException e) {
            throw failure(request.uri(), e.getCause() == null ? e : e.getCause());
        } finally {
            exchange.cancel(true);
        }
    }

    /** The addresses of a host; empty if this machine cannot resolve it. */
    List<InetAddress> addresses(String host, Deadline deadline) throws RegistryException {
        CompletableFuture<List<InetAddress>> lookup =
                CompletableFuture.supplyAsync(() -> resolve(host), BoundedHttp::runAside);
        try {
            return lookup.get(deadline.left(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new RegistryException("the host " + host + " was not found " + deadline.within(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException("interrupted", e);
        } catch (ExecutionException e) {
            throw new RegistryException("the host " + host + " cannot be looked up", e);
        }
    }

    /** In a thread of its own, since a lookup cannot be interrupted. */
    private static void runAside(Runnable lookup) {
        Thread thread = new Thread(lookup, "registry-address");
        thread.setDaemon(true);
        thread.start();
    }

    private static List<InetAddress> resolve(String host) {
        try {
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    private static RegistryException failure(URI uri, Throwable cause) throws SSLException, UnreachableException {
        if (cause instanceof SSLException tls) {
            throw tls;
        }
        if (cause instanceof HttpConnectTimeoutException) {
            throw new UnreachableException(
                    "cannot connect to " + host(uri) + " within " + CONNECT_TIMEOUT.toSeconds() + " s", cause);
        }
        if (cause instanceof ConnectException) {
            boolean unknown = cause.getCause() instanceof UnresolvedAddressException
                    || (cause.getCause() != null && cause.getCause().getCause() instanceof UnresolvedAddressException);
            throw new UnreachableException(
                    unknown ? "there is no host " + uri.getHost() : "cannot connect to " + host(uri), cause);
        }
        if (cause instanceof TooLongException) {
            return new RegistryException(String.valueOf(cause.getMessage()), cause);
        }
        String detail = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new RegistryException("the connection to " + host(uri) + " failed: " + detail, cause);
    }

    /** The host with its port, if that is unusual. */
    static String host(URI uri) {
        return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }
}
