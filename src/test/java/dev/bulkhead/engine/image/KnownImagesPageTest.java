package dev.bulkhead.engine.image;

import dev.bulkhead.Golden;
import dev.bulkhead.engine.image.ImageKnowledge.Paths;
import dev.bulkhead.engine.image.KnownImages.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class KnownImagesPageTest {
    @Test
    void pageShowsEveryImage() {
        String rows = KnownImages.all().stream().map(KnownImagesPageTest::row).collect(Collectors.joining());
        Golden.section(
                Path.of("docs/images.md"),
                "known images",
                "| image | runs as | works as | writes | ports | needs | source |\n|---|---|---|---|---|---|---|\n"
                        + rows);
    }

    private static String row(Entry entry) {
        ImageKnowledge image = entry.knowledge();
        Paths paths = image.paths().orElseThrow().value();
        List<String> writes = new ArrayList<>(paths.writes());
        paths.shipsFilesIn().forEach(path -> writes.add(path + "!"));
        return "| `" + entry.repository() + "` | "
                + user(image.user().orElseThrow().value()) + " | "
                + image.runsAs().map(known -> known.value().toString()).orElse("") + " | "
                + writes.stream().map(path -> "`" + path + "`").collect(Collectors.joining(", ")) + " | "
                + image.ports().orElseThrow().value().stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(", ")) + " | "
                + String.join(", ", entry.capabilities()) + " | ["
                + entry.source().date() + "](" + entry.source().where() + ") |\n";
    }

    private static String user(ImageUser user) {
        if (user instanceof ImageUser.Numeric number) {
            return number.uid() + number.gid().map(gid -> ":" + gid).orElse("");
        }
        if (user instanceof ImageUser.Named name) {
            return name.name() + name.id().map(id -> " (" + id + ")").orElse(" (number not known)");
        }
        return "root";
    }
}
