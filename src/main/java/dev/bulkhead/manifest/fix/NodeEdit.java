package dev.bulkhead.manifest.fix;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.manifest.fix.node.Node;
import dev.bulkhead.manifest.fix.node.Slot;
import java.util.Optional;

/** One edit of one part of a document. */
sealed interface NodeEdit {
    /**
     * Gives a mapping a member that it does not have.
     *
     * @param slot the member that holds the mapping
     */
    record AddMember(Node.Mapping mapping, Optional<Slot> slot, String name, JsonNode value) implements NodeEdit {}

    /**
     * Adds an item to the end of a list.
     *
     * @param slot the member that holds the list
     */
    record AddItem(Node.Sequence list, Optional<Slot> slot, JsonNode value) implements NodeEdit {}

    /** Gives a member another value. */
    record SetValue(Slot slot, JsonNode value, Optional<String> rule) implements NodeEdit {}

    /** Takes a member out of its mapping. */
    record RemoveMember(Slot slot, Optional<Slot> holder, Optional<String> rule) implements NodeEdit {}

    /** Takes an item out of its list. */
    record RemoveItem(Node.Sequence list, int index, Optional<Slot> holder, Optional<String> rule)
            implements NodeEdit {}
}
