package dev.bulkhead.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An image of one layer, as {@code docker save} writes one.
 *
 * @param name as the kubelet looks for it
 * @param user as an image names it: a number, a name, or empty for root
 * @param command what it runs
 * @param files what is in it
 */
record TestImage(String name, String user, List<String> command, List<TestFile> files) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BLOCK = 512;

    /** {@code struct vfs_cap_data} of the second version, with the flag that the capabilities are effective at once. */
    private static final int EFFECTIVE_CAPABILITIES = 0x02000001;

    private static final int CAPABILITY_LENGTH = 20;
    private static final int NET_BIND_SERVICE = 10;
    private static final String USERS = """
            root:x:0:0:root:/:/bin/sh
            app:x:1000:1000:app:/:/bin/sh
            """;
    private static final List<String> COMMANDS = List.of(
            "sh", "awk", "cat", "cp", "echo", "grep", "httpd", "id", "ls", "mkdir", "nc", "rm", "sleep", "stat", "test",
            "touch", "wget");

    TestImage {
        command = List.copyOf(command);
        files = List.copyOf(files);
    }

    /** A file, a directory or a link in an image. */
    private static final class TestFile {
        private final String path;
        private final char type;
        private final int mode;
        private final int owner;
        private final byte[] content;
        private final String target;

        TestFile(String path, char type, int mode, int owner, byte[] content, String target) {
            this.path = path;
            this.type = type;
            this.mode = mode;
            this.owner = owner;
            this.content = content;
            this.target = target;
        }
    }

    /** One with busybox and links to it, /tmp, and the user {@code app} with the number 1000 beside root. */
    static TestImage of(Path busybox) throws IOException {
        TestImage image = new TestImage("", "", List.of(), List.of())
                .directory("bin", 0755, 0)
                .directory("etc", 0755, 0)
                .directory("tmp", 01777, 0)
                .file("etc/passwd", 0644, USERS.getBytes(StandardCharsets.UTF_8))
                .file("bin/busybox", 0755, Files.readAllBytes(busybox));
        for (String command : COMMANDS) {
            image = image.with(new TestFile("bin/" + command, '2', 0777, 0, new byte[0], "busybox"));
        }
        return image;
    }

    TestImage named(String other) {
        return new TestImage(other, user, command, files);
    }

    TestImage withUser(String other) {
        return new TestImage(name, other, command, files);
    }

    TestImage running(String... other) {
        return new TestImage(name, user, List.of(other), files);
    }

    TestImage directory(String path, int mode, int owner) {
        return with(new TestFile(path + "/", '5', mode, owner, new byte[0], ""));
    }

    TestImage file(String path, int mode, byte[] content) {
        return with(new TestFile(path, '0', mode, 0, content, ""));
    }

    /** With the files below a directory whose paths match as a whole. */
    TestImage tree(Path root, Pattern wanted) throws IOException {
        TestImage image = this;
        List<Path> paths;
        try (Stream<Path> all = Files.walk(root)) {
            paths = all.filter(path ->
                            wanted.matcher(root.relativize(path).toString()).matches())
                    .sorted()
                    .toList();
        }
        for (Path path : paths) {
            String name = root.relativize(path).toString();
            if (Files.isSymbolicLink(path)) {
                image = image.with(new TestFile(
                        name,
                        '2',
                        0777,
                        0,
                        new byte[0],
                        Files.readSymbolicLink(path).toString()));
            } else if (Files.isDirectory(path)) {
                image = image.directory(name, 0755, 0);
            } else {
                image = image.file(name, Files.isExecutable(path) ? 0755 : 0644, Files.readAllBytes(path));
            }
        }
        return image;
    }

    /** The same, with a program whose file has the capability to bind ports below 1024, effective for every user. */
    TestImage withBindingProgram(String path, byte[] content) {
        String key = "SCHILY.xattr.security.capability=";
        ByteBuffer value = ByteBuffer.allocate(CAPABILITY_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        value.putInt(EFFECTIVE_CAPABILITIES).putInt(1 << NET_BIND_SERVICE);
        // The record begins with its own length in decimal digits and a space: two digits.
        int length = "NN ".length() + key.length() + CAPABILITY_LENGTH + "\n".length();
        ByteBuffer pax = ByteBuffer.allocate(length)
                .put((length + " " + key).getBytes(StandardCharsets.US_ASCII))
                .put(value.array())
                .put((byte) '\n');
        return with(new TestFile("pax/" + path, 'x', 0644, 0, pax.array(), "")).file(path, 0755, content);
    }

    private TestImage with(TestFile file) {
        List<TestFile> all = new ArrayList<>(files);
        all.removeIf(other -> other.path.equals(file.path));
        all.add(file);
        return new TestImage(name, user, command, all);
    }

    /** Writes the archive. */
    Path write(Path archive) throws IOException {
        byte[] layer = tar(files);
        ObjectNode configuration = JSON.createObjectNode();
        configuration.put("architecture", architecture()).put("os", "linux");
        ObjectNode process = configuration.putObject("config").put("User", user);
        process.putArray("Env").add("PATH=/bin");
        command.forEach(process.withArrayProperty("Cmd")::add);
        configuration
                .putObject("rootfs")
                .put("type", "layers")
                .putArray("diff_ids")
                .add("sha256:" + sha256(layer));
        ObjectNode manifest = JSON.createObjectNode().put("Config", "config.json");
        manifest.putArray("RepoTags").add(name);
        manifest.putArray("Layers").add("layer.tar");
        return Files.write(
                archive,
                tar(List.of(
                        plain("config.json", JSON.writeValueAsBytes(configuration)),
                        plain("layer.tar", layer),
                        plain("manifest.json", JSON.writeValueAsBytes(List.of(manifest))))));
    }

    private static TestFile plain(String path, byte[] content) {
        return new TestFile(path, '0', 0644, 0, content, "");
    }

    private static String architecture() {
        return Optional.of(System.getProperty("os.arch"))
                .filter("aarch64"::equals)
                .map(arm -> "arm64")
                .orElse("amd64");
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An archive in the format of POSIX 1003.1-1988. */
    private static byte[] tar(List<TestFile> files) {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        try {
            for (TestFile file : files) {
                tar.write(header(file));
                tar.write(file.content);
                tar.write(new byte[(BLOCK - file.content.length % BLOCK) % BLOCK]);
            }
            tar.write(new byte[2 * BLOCK]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tar.toByteArray();
    }

    private static byte[] header(TestFile file) {
        byte[] header = new byte[BLOCK];
        put(header, 0, file.path);
        put(header, 100, "%07o".formatted(file.mode));
        put(header, 108, "%07o".formatted(file.owner));
        put(header, 116, "%07o".formatted(file.owner));
        put(header, 124, "%011o".formatted(file.content.length));
        put(header, 136, "%011o".formatted(0));
        put(header, 148, "        ");
        header[156] = (byte) file.type;
        put(header, 157, file.target);
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        return header;
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
}
