package dev.bulkhead.app.console.page.markup;

import dev.bulkhead.engine.text.SafeText;
import io.quarkus.qute.Engine;
import io.quarkus.qute.Expression;
import io.quarkus.qute.ReflectionValueResolver;
import io.quarkus.qute.ResultMapper;
import io.quarkus.qute.TemplateLocator;
import io.quarkus.qute.TemplateNode.Origin;
import io.quarkus.qute.UserTagSectionHelper;
import io.quarkus.qute.Variant;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The templates of the pages. Whatever an expression gives is escaped; nothing can be exempted from that. */
public final class PageTemplates {
    private static final String DIRECTORY = "/dev/bulkhead/app/console/templates/";

    /** Sections of our own, each with a template of its name in {@code tags}. */
    private static final List<String> TAGS = List.of("verdict", "moment", "layers");

    private final Engine engine;

    public PageTemplates() {
        var builder = Engine.builder()
                .addDefaults()
                .addValueResolver(new ReflectionValueResolver())
                .addLocator(new ClassPath())
                .addResultMapper(new Escaping())
                .strictRendering(true)
                .removeStandaloneLines(true);
        TAGS.forEach(tag -> builder.addSectionHelper(new UserTagSectionHelper.Factory(tag, "tags/" + tag)));
        engine = builder.build();
    }

    /** Whether there is a template of that name; fails where it is malformed. */
    public boolean has(String name) {
        return engine.getTemplate(name) != null;
    }

    /** Renders the template of that name with these values by name. */
    public String render(String name, Map<String, Object> values) {
        var template = engine.getTemplate(name);
        if (template == null) {
            throw new IllegalArgumentException("there is no template " + name);
        }
        return template.render(values);
    }

    private static final class ClassPath implements TemplateLocator {
        @Override
        public Optional<TemplateLocation> locate(String id) {
            InputStream file = PageTemplates.class.getResourceAsStream(DIRECTORY + id + ".html");
            return Optional.ofNullable(file).map(found -> new Location(read(found)));
        }

        @Override
        public int getPriority() {
            return DEFAULT_PRIORITY;
        }

        private static String read(InputStream file) {
            try (file) {
                return new String(file.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private record Location(String text) implements TemplateLocator.TemplateLocation {
        @Override
        public Reader read() {
            return new StringReader(text);
        }

        @Override
        public Optional<Variant> getVariant() {
            return Optional.of(Variant.forContentType(Variant.TEXT_HTML));
        }
    }

    /** Fit for text and for attributes in quotes. */
    private static final class Escaping implements ResultMapper {
        @Override
        public boolean appliesTo(Origin origin, Object result) {
            return true;
        }

        @Override
        public String map(Object result, Expression expression) {
            return escape(result.toString());
        }
    }

    /** Fit for a page, and without characters that no reader sees, such as those that turn the direction of a text. */
    public static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                case '\n', '\t' -> escaped.appendCodePoint(c);
                default -> append(c, escaped);
            }
        });
        return escaped.toString();
    }

    private static void append(int c, StringBuilder escaped) {
        if (SafeText.isShown(c)) {
            escaped.appendCodePoint(c);
        } else {
            escaped.append(SafeText.line(Character.toString(c)));
        }
    }
}
