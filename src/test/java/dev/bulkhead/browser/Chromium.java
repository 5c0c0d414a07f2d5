package dev.bulkhead.browser;

import static org.junit.jupiter.api.Assumptions.abort;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchPersistentContextOptions;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The system's Chromium, with a profile of its own for each test, as a parameter of type {@link BrowserContext}. Without
 * Chromium, or without the driver that {@code -Pbrowser} brings, the tests are skipped, but not in CI.
 */
public final class Chromium implements BeforeAllCallback, AfterEachCallback, ParameterResolver {
    private static final Path PROGRAM = Path.of("/usr/bin/chromium");

    /** Only the driver's bundle has it, for every platform. */
    private static final String OF_THE_BUNDLE = "/driver/linux/LICENSE";

    private static final Namespace NAMESPACE = Namespace.create(Chromium.class);

    private static final List<String> ARGUMENTS = List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    /** A browser that runs. */
    private record Running(Playwright playwright, BrowserContext context, Path profile) {}

    @Override
    public void beforeAll(ExtensionContext context) {
        Optional<String> lack = lack();
        if (lack.isEmpty()) {
            return;
        }
        if (Boolean.parseBoolean(System.getenv("BULKHEAD_CI"))) {
            throw new AssertionError(lack.get());
        }
        System.err.println("skipped " + context.getDisplayName() + ": " + lack.get());
        abort(lack.get());
    }

    private static Optional<String> lack() {
        if (!Files.isExecutable(PROGRAM)) {
            return Optional.of("there is no " + PROGRAM);
        }
        return Chromium.class.getResource(OF_THE_BUNDLE) == null
                ? Optional.of("the browser's driver is missing: build with -Pbrowser")
                : Optional.empty();
    }

    /** The driver looks for no browser of its own, and downloads none. */
    private static Playwright playwright() {
        return Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == BrowserContext.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return opened(context)
                .computeIfAbsent("browser", key -> start(), Running.class)
                .context();
    }

    private static ExtensionContext.Store opened(ExtensionContext context) {
        return context.getStore(NAMESPACE);
    }

    private static Running start() {
        Path profile = newProfile();
        Playwright playwright = playwright();
        BrowserContext context = playwright
                .chromium()
                .launchPersistentContext(
                        profile,
                        new LaunchPersistentContextOptions()
                                .setExecutablePath(PROGRAM)
                                .setHeadless(true)
                                .setArgs(new ArrayList<>(ARGUMENTS)));
        return new Running(playwright, context, profile);
    }

    private static Path newProfile() {
        try {
            return Files.createTempDirectory("bulkhead-chromium");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        Running running = opened(context).remove("browser", Running.class);
        if (running == null) {
            return;
        }
        running.context().close();
        running.playwright().close();
        try (Stream<Path> files = Files.walk(running.profile())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
