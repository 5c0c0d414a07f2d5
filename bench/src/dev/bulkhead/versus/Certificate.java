package dev.bulkhead.versus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;

/** A certificate for localhost and its key, in PEM: elliptic, on the same curve as Bulkhead's own. */
record Certificate(Path certificate, Path key) {
    private static final String PASSWORD = "versus";

    static Certificate issue(Path directory) throws IOException {
        Path store = directory.resolve("localhost.p12");
        String output = Programs.output(List.of(
                System.getProperty("keytool"),
                "-genkeypair",
                "-alias",
                "localhost",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
        if (!Files.exists(store)) {
            throw new IOException("keytool: " + output);
        }
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            return new Certificate(
                    Files.writeString(
                            directory.resolve("localhost.crt"),
                            Http.pem("CERTIFICATE", keys.getCertificate("localhost").getEncoded())),
                    Files.writeString(
                            directory.resolve("localhost.key"),
                            Http.pem(
                                    "PRIVATE KEY",
                                    keys.getKey("localhost", PASSWORD.toCharArray())
                                            .getEncoded())));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }
}
