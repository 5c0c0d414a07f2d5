package dev.bulkhead.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Tokens of a control plane's service accounts: those that it issues, and others that only its own key can make. */
final class AccountTokens {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ControlPlane plane;
    private final String namespace;

    AccountTokens(ControlPlane plane, String namespace) {
        this.plane = plane;
        this.namespace = namespace;
    }

    /** As the API server issues it, by {@code kubectl create token}. */
    String issued(String account, String... options) {
        List<String> command = new ArrayList<>(List.of("-n", namespace, "create", "token", account));
        command.addAll(List.of(options));
        Run run = plane.kubectl(command.toArray(String[]::new));
        if (run.exitCode() != 0) {
            throw new AssertionError("no token: " + run.err());
        }
        return run.out().strip();
    }

    /** As the API server would issue it if it issued tokens for less than ten minutes: with its own key. */
    String endingAt(String account, Instant end) {
        try {
            return signed(issued(account), end, key());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same as an issued one, with the signature of another key. */
    String forged(String account) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return signed(
                    issued(account),
                    Instant.now().plusSeconds(600),
                    generator.generateKeyPair().getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private PrivateKey key() throws GeneralSecurityException {
        try {
            String pem = Files.readString(plane.accountsKey()).replaceAll("-----[A-Z ]+-----|\\s", "");
            return KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String signed(String token, Instant end, PrivateKey key) throws GeneralSecurityException {
        String[] parts = token.split("\\.", -1);
        String head = parts[0];
        String body;
        try {
            ObjectNode claims =
                    (ObjectNode) JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
            claims.put("nbf", end.minusSeconds(3600).getEpochSecond());
            claims.put("iat", end.minusSeconds(3600).getEpochSecond());
            claims.put("exp", end.getEpochSecond());
            body = Base64.getUrlEncoder().withoutPadding().encodeToString(JSON.writeValueAsBytes(claims));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key);
        signature.update((head + "." + body).getBytes(StandardCharsets.US_ASCII));
        return head + "." + body + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    }
}
