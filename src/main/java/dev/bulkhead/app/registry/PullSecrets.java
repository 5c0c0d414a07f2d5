package dev.bulkhead.app.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The credentials in Secrets of the type {@code kubernetes.io/dockerconfigjson}. Their authors are strangers to this
 * process, so that credential helpers, which are programs, are no part of them.
 */
final class PullSecrets implements Credentials {
    private static final List<String> NAMES_OF_DOCKER_HUB =
            List.of("https://index.docker.io/v1/", "index.docker.io", "docker.io", "registry-1.docker.io");

    private final List<byte[]> configurations;

    PullSecrets(List<byte[]> configurations) {
        this.configurations = List.copyOf(configurations);
    }

    @Override
    public Found find(String registry, Deadline deadline) {
        List<String> names = registry.equals(RegistryHost.DOCKER_HUB)
                ? NAMES_OF_DOCKER_HUB
                : List.of(registry, "https://" + registry, "https://" + registry + "/");
        for (byte[] configuration : configurations) {
            Optional<Login> login = login(configuration, names);
            if (login.isPresent()) {
                return new Found(login, Optional.empty());
            }
        }
        return new Found(Optional.empty(), Optional.empty());
    }

    private static Optional<Login> login(byte[] configuration, List<String> names) {
        try {
            JsonNode auths = Json.object(configuration, "pull secret").path("auths");
            return names.stream()
                    .map(auths::path)
                    .flatMap(auth -> login(auth).stream())
                    .findFirst();
        } catch (RegistryException e) {
            return Optional.empty();
        }
    }

    private static Optional<Login> login(JsonNode auth) {
        String user = auth.path("username").asText("");
        String password = auth.path("password").asText("");
        if (!user.isEmpty() && !password.isEmpty()) {
            return Optional.of(new Login(user, password, false));
        }
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(auth.path("auth").asText("")), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        int colon = pair.indexOf(':');
        return colon < 1
                ? Optional.empty()
                : Optional.of(new Login(pair.substring(0, colon), pair.substring(colon + 1), false));
    }
}
