package dev.bulkhead.engine.edit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.workload.Field;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A JSON Patch (RFC 6902) that makes edits of any kind, in an order in which no operation moves what a later one is for.
 * What hardening fills in is a {@link JsonPatch}, which can only add.
 */
public record EditScript(List<Operation> operations) {
    public EditScript {
        operations = List.copyOf(operations);
    }

    /** Makes these edits of one document, each place at most once removed: additions, replacements, then removals. */
    public static EditScript of(List<Edit> edits) {
        List<Edit.Addition> additions = new ArrayList<>();
        List<Operation> replacements = new ArrayList<>();
        Map<String, Field> removed = new LinkedHashMap<>();
        for (Edit edit : edits) {
            if (edit instanceof Edit.Addition addition) {
                additions.add(addition);
            } else if (edit instanceof Edit.Replace replace) {
                replacements.add(new Operation.Replace(replace.place().pointer(), replace.value()));
            } else if (edit instanceof Edit.Remove remove) {
                removed.putIfAbsent(remove.place().pointer(), remove.place());
            }
        }
        List<Operation> operations = new ArrayList<>(JsonPatch.of(additions).operations());
        operations.addAll(replacements);
        // From the end of the document, so that the items of a list before one that goes keep their places.
        List<Map.Entry<String, Field>> places = new ArrayList<>(removed.entrySet());
        places.sort(Map.Entry.<String, Field>comparingByValue(EditScript::inDocument)
                .reversed());
        places.forEach(place -> operations.add(new Operation.Remove(place.getKey())));
        return new EditScript(operations);
    }

    /**
     * The same edits of another state of the document, which may lack what was filled in since: nothing is removed that is
     * not there, and what is not there is added. Empty where that cannot be done.
     */
    public EditScript onto(JsonNode document) {
        List<Operation> applicable = new ArrayList<>();
        for (Operation operation : operations) {
            if (operation instanceof Operation.Add) {
                if (document.at(parentOf(operation.path())).isMissingNode()) {
                    return new EditScript(List.of());
                }
                applicable.add(operation);
            } else if (!document.at(operation.path()).isMissingNode()) {
                applicable.add(operation);
            } else if (operation instanceof Operation.Replace replace) {
                if (document.at(parentOf(replace.path())).isMissingNode()) {
                    return new EditScript(List.of());
                }
                applicable.add(new Operation.Add(replace.path(), replace.value()));
            }
        }
        return new EditScript(applicable);
    }

    private static String parentOf(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }

    private static int inDocument(Field one, Field other) {
        List<Field> way = wayTo(one);
        List<Field> otherWay = wayTo(other);
        for (int i = 0; i < Math.min(way.size(), otherWay.size()); i++) {
            Field field = way.get(i);
            Field otherField = otherWay.get(i);
            int order = isItem(field) && isItem(otherField)
                    ? Integer.compare(Integer.parseInt(field.name()), Integer.parseInt(otherField.name()))
                    : field.name().compareTo(otherField.name());
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(way.size(), otherWay.size());
    }

    private static boolean isItem(Field field) {
        return field.parent().filter(parent -> parent.node().isArray()).isPresent();
    }

    /** From the member of the document down to the field. */
    private static List<Field> wayTo(Field field) {
        List<Field> way = new ArrayList<>();
        for (Optional<Field> at = Optional.of(field);
                at.isPresent();
                at = at.get().parent()) {
            way.add(at.get());
        }
        Collections.reverse(way);
        return way;
    }
}
