package dev.bulkhead.app.cli.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * A copy of picocli that starts in less time. Its classes are in the format of Java 5, which is verified again at each start
 * and kept in no archive; the copy has the same code in the format of Java 6. And since picocli looks for Groovy, for which
 * Java would open every jar of the class path, the copy has what it looks for, which none of Bulkhead's classes is.
 */
public final class ArchivablePicocli {
    private static final String GROOVY = "groovy/lang/Closure";

    /** Picocli's license (Apache 2.0) requires that changed files carry a notice. */
    private static final String CHANGES = """
            This is picocli with these changes, made by Bulkhead: its classes are in the format of Java 6, with stack maps, and
            there is an empty class groovy.lang.Closure, which picocli looks for.
            """;

    /** Of all files, so that two copies are the same. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0, 2);

    private ArchivablePicocli() {}

    /**
     * Changes picocli's jar.
     *
     * @param args the jar
     */
    public static void main(String[] args) throws IOException {
        Path jar = Path.of(args[0]);
        Path copy = Path.of(args[0] + ".new");
        write(jar, copy);
        Files.move(copy, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    static void write(Path picocli, Path copy) throws IOException {
        try (ZipFile jar = new ZipFile(picocli.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(copy))) {
            List<? extends ZipEntry> entries = Collections.list(jar.entries());
            for (ZipEntry entry : entries) {
                byte[] bytes = jar.getInputStream(entry).readAllBytes();
                add(out, entry.getName(), entry.getName().endsWith(".class") ? archivable(bytes) : bytes);
            }
            add(out, GROOVY + ".class", closure());
            add(out, "META-INF/CHANGES", CHANGES.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void add(ZipOutputStream out, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        out.putNextEntry(entry);
        out.write(bytes);
        out.closeEntry();
    }

    static byte[] archivable(byte[] original) {
        ClassReader reader = new ClassReader(original);
        if (reader.readUnsignedShort(6) >= Opcodes.V1_6) {
            return original;
        }
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
        try {
            reader.accept(
                    new ClassVisitor(Opcodes.ASM9, writer) {
                        @Override
                        public void visit(
                                int version,
                                int access,
                                String name,
                                @Nullable String signature,
                                @Nullable String above,
                                String @Nullable [] types) {
                            super.visit(Opcodes.V1_6, access, name, signature, above, types);
                        }
                    },
                    ClassReader.SKIP_FRAMES);
        } catch (TypeNotPresentException e) {
            // It uses a part of Java that this one does not have.
            return original;
        }
        return writer.toByteArray();
    }

    private static byte[] closure() {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(Opcodes.V1_8, Opcodes.ACC_PUBLIC | Opcodes.ACC_ABSTRACT, GROOVY, null, "java/lang/Object", null);
        writer.visitEnd();
        return writer.toByteArray();
    }
}
