package dev.bulkhead.engine.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.workload.Field;
import java.util.List;
import org.junit.jupiter.api.Test;

class EditScriptTest {
    private final JsonNode document = Yaml.tree("{list: [{a: 1}, {a: 2}, {a: 3}], gone: null, text: x}");
    private final Field root = Field.root(document);

    private Field item(int index) {
        return root.get("list").items().get(index);
    }

    @Test
    void removesFromTheEndSoThatPlacesStayTrue() {
        EditScript script = EditScript.of(
                List.of(new Edit.Remove(item(0)), new Edit.Remove(item(1).get("a")), new Edit.Remove(item(2))));

        assertThat(script.operations())
                .containsExactly(
                        new Operation.Remove("/list/2"),
                        new Operation.Remove("/list/1/a"),
                        new Operation.Remove("/list/0"));
    }

    @Test
    void addsAndReplacesBeforeItRemoves() {
        EditScript script = EditScript.of(List.of(
                new Edit.Remove(item(0)),
                Edit.set(item(1).get("a"), IntNode.valueOf(5)),
                Edit.set(root.get("new").get("deep"), TextNode.valueOf("y")),
                new Edit.Append(root.get("list"), TextNode.valueOf("z"))));

        assertThat(script.operations())
                .containsExactly(
                        new Operation.Add("/new", Yaml.tree("{deep: y}")),
                        new Operation.Add("/list/-", TextNode.valueOf("z")),
                        new Operation.Replace("/list/1/a", IntNode.valueOf(5)),
                        new Operation.Remove("/list/0"));
    }

    @Test
    void removesAPlaceOnce() {
        assertThat(EditScript.of(List.of(new Edit.Remove(item(1)), new Edit.Remove(item(1))))
                        .operations())
                .hasSize(1);
    }

    @Test
    void setsWhatIsNullByAddingIt() {
        assertThat(EditScript.of(List.of(Edit.set(root.get("gone"), IntNode.valueOf(1))))
                        .operations())
                .containsExactly(new Operation.Add("/gone", IntNode.valueOf(1)));
    }

    @Test
    void fitsADocumentThatLacksSomeOfIt() {
        EditScript script =
                EditScript.of(List.of(Edit.set(root.get("text"), TextNode.valueOf("y")), new Edit.Remove(item(2))));

        assertThat(script.onto(Yaml.tree("{list: [{a: 1}]}")).operations())
                .containsExactly(new Operation.Add("/text", TextNode.valueOf("y")));
        assertThat(script.onto(document)).isEqualTo(script);
    }

    @Test
    void isEmptyWhereItCannotFit() {
        EditScript replacing = EditScript.of(List.of(Edit.set(item(0).get("a"), IntNode.valueOf(5))));
        EditScript adding = EditScript.of(List.of(Edit.set(item(0).get("b"), IntNode.valueOf(5))));

        assertThat(replacing.onto(Yaml.tree("{}")).operations()).isEmpty();
        assertThat(adding.onto(Yaml.tree("{}")).operations()).isEmpty();
    }

    @Test
    void changesOnlyWhatIsThere() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Edit.Remove(root.get("missing")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Edit.Replace(root.get("missing"), IntNode.valueOf(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Edit.Fill(root.get("text"), IntNode.valueOf(1)));
    }

    @Test
    void standsBelowAPrefixInALargerDocument() {
        assertThat(new Operation.Remove("/a").below("/items/0")).isEqualTo(new Operation.Remove("/items/0/a"));
    }
}
