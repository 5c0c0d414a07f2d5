package dev.bulkhead.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.bulkhead.app.console.page.DemoConsole;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Takes the screenshots of the documentation: {@code ./mvnw -Pbrowser test -Dtest=ConsoleScreenshots}. */
@ExtendWith(Chromium.class)
class ConsoleScreenshots {
    private static final Path DIRECTORY = Path.of("docs/screenshots");
    private static final int MOST_BYTES = 150_000;

    @Test
    void take(BrowserContext browser) throws IOException {
        Files.createDirectories(DIRECTORY);
        try (DemoConsole console = DemoConsole.start()) {
            Page page = browser.newPage();
            shot(page, console.url("/"), 1180, 900, ColorScheme.LIGHT, "overview");
            shot(page, console.url("/"), 1180, 900, ColorScheme.DARK, "overview-dark");
            shot(page, console.url("/workloads"), 1180, 780, ColorScheme.LIGHT, "workloads");
            shot(
                    page,
                    console.url("/workloads/build/Deployment/gitlab-runner"),
                    1180,
                    960,
                    ColorScheme.LIGHT,
                    "workload");
            shot(page, console.url("/preview?profile=least-privilege"), 1180, 860, ColorScheme.LIGHT, "preview");
            shot(page, console.url("/exemptions"), 1180, 760, ColorScheme.LIGHT, "exemptions");
            shot(page, console.url("/"), 390, 844, ColorScheme.LIGHT, "phone");
        }
    }

    /** With the 256 colours that are in it most often, which is a third of the bytes and looks the same. */
    private static BufferedImage indexed(BufferedImage image) {
        Map<Integer, Integer> counts = new HashMap<>();
        for (int colour : image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth())) {
            counts.merge(colour & 0xffffff, 1, Integer::sum);
        }
        int[] palette = counts.entrySet().stream()
                .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed())
                .limit(256)
                .mapToInt(Map.Entry::getKey)
                .toArray();
        IndexColorModel colours = new IndexColorModel(8, palette.length, palette, 0, false, -1, DataBuffer.TYPE_BYTE);
        BufferedImage indexed =
                new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_BYTE_INDEXED, colours);
        Map<Integer, Integer> nearest = new HashMap<>();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int index = nearest.computeIfAbsent(image.getRGB(x, y) & 0xffffff, colour -> nearest(colour, palette));
                indexed.getRaster().setSample(x, y, 0, index);
            }
        }
        return indexed;
    }

    private static int nearest(int colour, int[] palette) {
        int best = 0;
        for (int i = 1; i < palette.length; i++) {
            if (distance(colour, palette[i]) < distance(colour, palette[best])) {
                best = i;
            }
        }
        return best;
    }

    private static int distance(int one, int other) {
        int red = ((one >> 16) & 255) - ((other >> 16) & 255);
        int green = ((one >> 8) & 255) - ((other >> 8) & 255);
        int blue = (one & 255) - (other & 255);
        return red * red + green * green + blue * blue;
    }

    private static void shot(Page page, String url, int width, int height, ColorScheme scheme, String name)
            throws IOException {
        page.setViewportSize(width, height);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        page.navigate(url);
        page.waitForLoadState();
        Path file = DIRECTORY.resolve(name + ".png");
        ImageIO.write(indexed(ImageIO.read(new ByteArrayInputStream(page.screenshot()))), "png", file.toFile());
        assertThat(Files.size(file)).as(name).isLessThan(MOST_BYTES);
    }
}
