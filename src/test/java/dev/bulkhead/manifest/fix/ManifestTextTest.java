package dev.bulkhead.manifest.fix;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.engine.edit.Operation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Edits of single findings, as editors and SARIF take them. */
class ManifestTextTest {
    private static ManifestText text(String text) {
        return ManifestText.of(text.getBytes(StandardCharsets.UTF_8)).orElseThrow();
    }

    private static String edited(ManifestText text, Edited edited) {
        return SplicedText.of(text.chars()).with(edited.splices()).text();
    }

    @Test
    void editsHaveLinesAndColumns() {
        ManifestText text = text("""
                kind: Pod
                spec: {x: "🙂", hostPID: true}
                """);
        Edited edited = text.edit(List.of(new Change(
                0, List.of(new Operation.Replace("/spec/hostPID", BooleanNode.FALSE)), Optional.of("hostNamespaces"))));

        Splice value = edited.splices().get(0);
        assertThat(value.inserted()).isEqualTo("false");
        assertThat(text.line(value.offset())).isEqualTo(2);
        assertThat(text.column(value.offset())).isEqualTo(25);
        assertThat(text.column(value.end())).isEqualTo(29);
        assertThat(edited.splices().get(1).inserted()).isEqualTo(" # bulkhead: was true (hostNamespaces)");
        assertThat(text.column(edited.splices().get(1).offset())).isEqualTo(30);
        assertThat(edited.remarks()).extracting(Remark::was).containsExactly("was true");
    }

    /** YAML takes no tab for indentation, also before a comment. */
    @Test
    void commentBehindAnEmptyCollectionOnALineOfItsOwnKeepsItsIndentation() {
        for (String empty : List.of("{}", "{\n    }", "[]")) {
            ManifestText text = text("a:\n    " + empty + "\t# c\nb: 1\n");
            boolean list = empty.equals("[]");
            Edited edited = text.edit(
                    List.of(new Change(0, List.of(new Operation.Add(list ? "/a/-" : "/a/m", TextNode.valueOf("x"))))));

            assertThat(edited(text, edited)).isEqualTo("a:\n    # c\n" + (list ? "  - x\n" : "  m: x\n") + "b: 1\n");
        }
    }

    @Test
    void documentsAreCountedAsReadersCountThem() {
        ManifestText text = text("# nothing\n---\na: 1\n---\n---\nnull\n---\nb:\n  c: 1\n");
        Edited edited = text.edit(List.of(new Change(1, List.of(new Operation.Add("/b/d", TextNode.valueOf("yes"))))));

        assertThat(edited(text, edited)).endsWith("b:\n  c: 1\n  d: \"yes\"\n");
    }

    @Test
    void changesOfTextThatIsRepeatedElsewhereAreRefusedOrMadeForAll() {
        ManifestText text = text("""
                a: &x
                  n: 1
                b: *x
                c: {}
                """);
        Change one = new Change(0, List.of(new Operation.Add("/a/m", BooleanNode.TRUE)));
        Change other = new Change(0, List.of(new Operation.Add("/b/m", BooleanNode.TRUE)));
        Change own = new Change(0, List.of(new Operation.Add("/c/m", BooleanNode.TRUE)));

        assertThat(edited(text, text.edit(List.of(one, other, own))))
                .isEqualTo("a: &x\n  n: 1\n  m: true\nb: *x\nc:\n  m: true\n");
        Edited partly = text.edit(List.of(one, own));
        assertThat(edited(text, partly)).isEqualTo("a: &x\n  n: 1\nb: *x\nc:\n  m: true\n");
        assertThat(partly.refused()).singleElement().satisfies(refusal -> {
            assertThat(refusal.change()).isEqualTo(one);
            assertThat(text.line(refusal.offset())).isEqualTo(2);
            assertThat(refusal.reason()).contains("repeated elsewhere");
        });
    }

    @Test
    void windowsLineEndsAndByteOrderMarkStay() {
        ManifestText text = text("\uFEFFa:\r\n  b: 1");
        Edited edited = text.edit(List.of(new Change(
                0,
                List.of(
                        new Operation.Add("/a/c", BooleanNode.TRUE),
                        new Operation.Add("/d", TextNode.valueOf("x: #"))))));

        assertThat(edited(text, edited)).isEqualTo("\uFEFFa:\r\n  b: 1\r\n  c: true\r\nd: \"x: #\"");
    }

    @Test
    void textThatCannotBeReadHasNoEdits() {
        assertThat(ManifestText.of("a: [".getBytes(StandardCharsets.UTF_8))).isEmpty();
        assertThat(ManifestText.of("{{ .Values.x }}".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
    }
}
