package dev.bulkhead;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** YAML as tests write it. */
public final class Yaml {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Yaml() {}

    public static JsonNode tree(String yaml) {
        return JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(yaml));
    }

    /** The first document of a file. */
    public static JsonNode file(Path file) {
        try (InputStream yaml = Files.newInputStream(file)) {
            return JSON.valueToTree(new Load(LoadSettings.builder().build())
                    .loadAllFromInputStream(yaml)
                    .iterator()
                    .next());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A tree as block-style YAML. */
    public static String write(JsonNode tree) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setIndicatorIndent(0)
                .build();
        return new Dump(settings).dumpToString(JSON.convertValue(tree, Object.class));
    }

    /** A text in double quotes, as YAML and JSON read it. */
    public static String quote(String text) {
        return new TextNode(text).toString();
    }
}
