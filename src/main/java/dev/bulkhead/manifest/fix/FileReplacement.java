package dev.bulkhead.manifest.fix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Writes a file at once: readers see what it held before or what it holds then, and an error leaves it as it was. */
public final class FileReplacement {
    private static final int MOST_NAMES = 100;

    private FileReplacement() {}

    /**
     * Gives a file that exists another content. Permissions, owner and group stay as far as the user may set them; a link
     * stays, and what it leads to is written.
     */
    public static void write(Path file, byte[] content) throws IOException {
        Path target = file.toRealPath();
        if (!Files.isRegularFile(target)) {
            throw new IOException("it is no regular file");
        }
        Path temporary = create(target);
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                copyAttributes(target, temporary);
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        sync(target.resolveSibling("."));
    }

    /** A file beside the target that only the user can read. */
    private static Path create(Path target) throws IOException {
        boolean posix = Files.getFileStore(target).supportsFileAttributeView(PosixFileAttributeView.class);
        FileAttribute<?>[] attributes = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE))
                }
                : new FileAttribute<?>[0];
        for (int i = 0; ; i++) {
            try {
                return Files.createFile(
                        target.resolveSibling("." + target.getFileName() + ".bulkhead" + i), attributes);
            } catch (FileAlreadyExistsException e) {
                if (i == MOST_NAMES) {
                    throw e;
                }
            }
        }
    }

    private static void copyAttributes(Path from, Path to) throws IOException {
        PosixFileAttributeView there = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        if (there == null) {
            return;
        }
        PosixFileAttributes old = Files.readAttributes(from, PosixFileAttributes.class);
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        permissions.addAll(old.permissions());
        PosixFileAttributes now = there.readAttributes();
        if (!now.owner().equals(old.owner()) || !now.group().equals(old.group())) {
            try {
                there.setGroup(old.group());
                there.setOwner(old.owner());
            } catch (IOException e) {
                // Only the superuser may give files away. The other group gets no more than everybody has.
                permissions = withoutGroup(permissions);
            }
        }
        there.setPermissions(permissions);
    }

    private static Set<PosixFilePermission> withoutGroup(Set<PosixFilePermission> permissions) {
        Set<PosixFilePermission> left = EnumSet.noneOf(PosixFilePermission.class);
        left.addAll(permissions);
        if (!left.contains(PosixFilePermission.OTHERS_READ)) {
            left.remove(PosixFilePermission.GROUP_READ);
        }
        if (!left.contains(PosixFilePermission.OTHERS_WRITE)) {
            left.remove(PosixFilePermission.GROUP_WRITE);
        }
        if (!left.contains(PosixFilePermission.OTHERS_EXECUTE)) {
            left.remove(PosixFilePermission.GROUP_EXECUTE);
        }
        return left;
    }

    /** Makes the rename last; not every file system lets a directory be opened for it. */
    private static void sync(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // The content is on the disk already.
            return;
        }
    }
}
