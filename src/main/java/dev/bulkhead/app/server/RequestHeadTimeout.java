package dev.bulkhead.app.server;

import dev.bulkhead.app.server.ConnectionLimits.Connection;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose client takes too long to send the head of a request, counted from its first byte. The
 * server's own timeout measures silence, so that one byte a minute would keep a connection open forever, and it must
 * be long, because clients keep idle connections. Placed behind TLS, where bytes are plain text, with a second part
 * behind the decoder, which knows where a head ends. Runs on the connection's event loop.
 */
final class RequestHeadTimeout extends ChannelInboundHandlerAdapter {
    private enum State {
        BETWEEN_REQUESTS,
        IN_HEAD,
        IN_BODY
    }

    private final Duration time;
    private final Connection connection;
    private State state = State.BETWEEN_REQUESTS;
    private boolean hearsOfHeads;
    private Optional<Future<?>> deadline = Optional.empty();

    private RequestHeadTimeout(Duration time, Connection connection) {
        this.time = time;
        this.connection = connection;
    }

    /** Guards a connection once its handshake is complete. */
    static void guard(Channel channel, Duration time, Connection connection) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addAfter(pipeline.context(SslHandler.class).name(), null, new RequestHeadTimeout(time, connection));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!hearsOfHeads) {
            hearsOfHeads = true;
            listen(context.pipeline());
        }
        if (state == State.BETWEEN_REQUESTS) {
            state = State.IN_HEAD;
        }
        context.fireChannelRead(message);
        // Usually the head arrives in one piece and no timer is needed.
        if (state == State.IN_HEAD && deadline.isEmpty()) {
            Runnable close = () -> {
                ChannelFuture unused = context.close();
            };
            deadline = Optional.of(context.executor().schedule(close, time.toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        endDeadline();
        context.fireChannelInactive();
    }

    private void listen(ChannelPipeline pipeline) {
        for (Map.Entry<String, ChannelHandler> handler : pipeline) {
            if (handler.getValue() instanceof HttpRequestDecoder) {
                pipeline.addAfter(handler.getKey(), null, new Heads());
                return;
            }
        }
        throw new IllegalStateException("nothing in the pipeline reads HTTP requests: " + pipeline.names());
    }

    private void endDeadline() {
        deadline.ifPresent(running -> running.cancel(false));
        deadline = Optional.empty();
    }

    /** Observes the decoded messages. */
    private final class Heads extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest) {
                connection.request();
                state = State.IN_BODY;
                endDeadline();
            }
            if (message instanceof LastHttpContent) {
                state = State.BETWEEN_REQUESTS;
            }
            context.fireChannelRead(message);
        }
    }
}
