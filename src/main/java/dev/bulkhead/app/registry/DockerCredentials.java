package dev.bulkhead.app.registry;

import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.api.LogEvent;
import com.google.cloud.tools.jib.registry.credentials.DockerConfigCredentialRetriever;
import dev.bulkhead.engine.text.SafeText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What {@code docker login} and {@code podman login} stored, in a file or in a credential helper. A helper is a program,
 * so a registry is looked up when it wants credentials, once.
 *
 * <p>Jib reads them. Requests are not made with Jib, nor with ORAS, because both read an answer of any length into
 * memory and wait for it without limit.
 */
final class DockerCredentials implements Credentials {
    /** The name of Docker Hub in Docker's own files. */
    private static final String OLD_NAME_OF_DOCKER_HUB = "https://index.docker.io/v1/";

    private static final int LONGEST_PROBLEM = 200;

    private final List<Path> files;
    private final Map<String, CompletableFuture<Found>> found = new ConcurrentHashMap<>();

    DockerCredentials(List<Path> files) {
        this.files = List.copyOf(files);
    }

    /** Those of the user of that environment. */
    static DockerCredentials of(Map<String, String> environment) {
        List<Path> files = new ArrayList<>();
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        String docker = environment.getOrDefault("DOCKER_CONFIG", "");
        files.add((docker.isEmpty() ? Path.of(home, ".docker") : Path.of(docker)).resolve("config.json"));
        String podman = environment.getOrDefault("REGISTRY_AUTH_FILE", "");
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (!podman.isEmpty()) {
            files.add(Path.of(podman));
        } else if (!runtime.isEmpty()) {
            files.add(Path.of(runtime, "containers", "auth.json"));
        }
        return new DockerCredentials(files);
    }

    @Override
    public Found find(String registry, Deadline deadline) {
        CompletableFuture<Found> answer = found.computeIfAbsent(registry, this::start);
        try {
            return answer.get(deadline.left(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return none("the credential helper did not answer " + deadline.within());
        } catch (ExecutionException e) {
            return none("the credentials cannot be read");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return none("interrupted");
        }
    }

    private static Found none(String problem) {
        return new Found(Optional.empty(), Optional.of(problem));
    }

    /** In a thread of its own, since a helper may never end, and that must not hold up the end of the program. */
    private CompletableFuture<Found> start(String registry) {
        CompletableFuture<Found> answer = new CompletableFuture<>();
        Thread thread = new Thread(() -> answer.complete(read(registry)), "credentials");
        thread.setDaemon(true);
        thread.start();
        return answer;
    }

    private Found read(String registry) {
        List<String> names = registry.equals(RegistryHost.DOCKER_HUB)
                ? List.of(OLD_NAME_OF_DOCKER_HUB, registry)
                : List.of(registry);
        Optional<String> problem = Optional.empty();
        for (Path file : files) {
            for (String name : names) {
                Found of = read(file, name);
                if (of.login().isPresent()) {
                    return of;
                }
                problem = problem.or(of::problem);
            }
        }
        return new Found(Optional.empty(), problem);
    }

    private static Found read(Path file, String name) {
        List<String> warnings = new ArrayList<>();
        try {
            Optional<Credential> credential = DockerConfigCredentialRetriever.create(name, file)
                    .retrieve(event -> {
                        if (event.getLevel() == LogEvent.Level.WARN) {
                            warnings.add(event.getMessage());
                        }
                    });
            return new Found(
                    credential.map(of -> new Login(of.getUsername(), of.getPassword(), of.isOAuth2RefreshToken())),
                    warnings.stream().map(DockerCredentials::firstLine).findFirst());
        } catch (IOException | RuntimeException e) {
            // What is in the file, and may be in the exception's message, is secret.
            return none(SafeText.line(file.toString(), LONGEST_PROBLEM) + " cannot be read");
        }
    }

    /** What follows the first line may be what a helper printed. */
    private static String firstLine(String warning) {
        return SafeText.line(warning.lines().findFirst().orElse(""), LONGEST_PROBLEM);
    }
}
