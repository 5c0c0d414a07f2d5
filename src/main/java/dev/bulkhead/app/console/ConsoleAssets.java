package dev.bulkhead.app.console;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** The files that pages are made with, in memory, under addresses that change with their contents. */
final class ConsoleAssets {
    static final String PATH = "/assets/";
    private static final String OWN = "dev/bulkhead/app/console/assets/";
    private static final String WEBJARS = "META-INF/resources/webjars/";

    /** Each file, and where it is on the class path. Nothing else of a webjar is served. */
    private static final Map<String, String> FILES = Map.of(
            "console.css", OWN + "console.css",
            "console.js", OWN + "console.js",
            "icon.svg", OWN + "icon.svg",
            "htmx.min.js", WEBJARS + "htmx.org/2.0.4/dist/htmx.min.js",
            "uPlot.iife.min.js", WEBJARS + "uplot/1.6.30/dist/uPlot.iife.min.js",
            "uPlot.min.css", WEBJARS + "uplot/1.6.30/dist/uPlot.min.css");

    private static final Map<String, String> TYPES =
            Map.of("css", "text/css; charset=utf-8", "js", "text/javascript; charset=utf-8", "svg", "image/svg+xml");

    private static final int HASH_DIGITS = 16;

    private final Map<String, String> addresses = new HashMap<>();
    private final Map<String, Asset> assets = new HashMap<>();

    /** A file, plain and compressed. */
    record Asset(String mediaType, Buffer plain, Buffer compressed) {}

    ConsoleAssets() {
        FILES.forEach((name, resource) -> {
            byte[] plain = read(resource);
            int dot = name.lastIndexOf('.');
            String address = PATH + name.substring(0, dot) + "." + hash(plain) + name.substring(dot);
            addresses.put(name, address);
            assets.put(
                    address,
                    new Asset(
                            TYPES.getOrDefault(name.substring(dot + 1), "text/plain"),
                            Buffer.buffer(plain),
                            compressed(plain)));
        });
    }

    /** The address of a file. */
    public String address(String file) {
        return Optional.ofNullable(addresses.get(file))
                .orElseThrow(() -> new IllegalArgumentException("there is no file " + file));
    }

    /** What is at that path. */
    Optional<Asset> at(String path) {
        return Optional.ofNullable(assets.get(path));
    }

    private static byte[] read(String resource) {
        try (InputStream in = ConsoleAssets.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not in the program");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes))
                    .substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static Buffer compressed(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Buffer.buffer(out.toByteArray());
    }
}
