package dev.bulkhead.app.cluster.scan.node;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/** The CAs that issue the serving certificates of kubelets. */
public final class KubeletAuthorities {
    private KubeletAuthorities() {}

    /**
     * The CAs by which the API server itself is verified. Where the cluster approves the kubelets' requests for serving
     * certificates, they are issued by one of these.
     *
     * @return their certificates in PEM form
     * @throws IOException when there are none, or they cannot be read
     */
    public static byte[] ofCluster(Config config) throws IOException {
        Optional<String> file = Optional.ofNullable(config.getCaCertFile());
        if (file.isPresent()) {
            return Files.readAllBytes(Path.of(file.get()));
        }
        String data = Optional.ofNullable(config.getCaCertData())
                .orElseThrow(() -> new IOException("the cluster is reached without a CA of its own"));
        return data.startsWith("-----")
                ? data.getBytes(StandardCharsets.US_ASCII)
                : Base64.getMimeDecoder().decode(data);
    }
}
