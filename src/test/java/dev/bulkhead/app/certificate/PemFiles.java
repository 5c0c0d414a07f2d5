package dev.bulkhead.app.certificate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.List;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.util.io.pem.PemObject;

/** Writes keys and certificates as files. */
public final class PemFiles {
    private PemFiles() {}

    /** Writes objects one after the other: certificates, keys in PKCS #8, and whatever is in PEM form already. */
    public static Path write(Path file, List<?> objects) {
        try (JcaPEMWriter writer = new JcaPEMWriter(Files.newBufferedWriter(file))) {
            for (Object object : objects) {
                if (object instanceof PrivateKey key) {
                    writer.writeObject(new PemObject("PRIVATE KEY", key.getEncoded()));
                } else if (object instanceof PemObject pem) {
                    writer.writeObject(pem);
                } else {
                    writer.writeObject(object);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }
}
