package dev.bulkhead.app.console.page;

import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.page.markup.Address;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a person wants to see.
 *
 * @param path decoded, such as {@code /workloads/shop/Deployment/web}
 * @param query the parameters of the address, in their order
 * @param form the fields of a form that was sent; empty for a link
 * @param fragment whether only what has changed is wanted, because a script puts it into the page
 */
public record PageRequest(
        String path, Map<String, List<String>> query, Map<String, List<String>> form, Viewer viewer, boolean fragment) {
    /** A request for the page at an address of the console's own. */
    static PageRequest of(Address address, Viewer viewer) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        address.parameters()
                .forEach(parameter -> query.computeIfAbsent(parameter.getKey(), name -> new ArrayList<>())
                        .add(parameter.getValue()));
        return new PageRequest(
                URLDecoder.decode(address.path(), StandardCharsets.UTF_8), query, Map.of(), viewer, false);
    }

    /** The first value of a parameter, unless it is blank. */
    public Optional<String> parameter(String name) {
        return query.getOrDefault(name, List.of()).stream().findFirst().filter(value -> !value.isBlank());
    }
}
