package dev.bulkhead.app.cli.export;

import dev.bulkhead.engine.export.falco.FalcoRules;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.manifest.YamlWriter;
import java.util.ArrayList;
import java.util.List;

/** Falco's rules as one YAML document, after a comment that says what they are, and what they do not say. */
final class FalcoText {
    private FalcoText() {}

    static String of(FalcoRules rules, PolicySet policies, String version) {
        List<String> lines = new ArrayList<>();
        lines.add("Written by " + version + " (export falco): what admission ruled out, watched at run time by Falco.");
        lines.add("Policies: "
                + String.join(
                        ", ", policies.policies().stream().map(Policy::name).toList())
                + ". Exemptions: " + policies.exemptions().size() + ".");
        lines.add("Export again when policies or exemptions change, or an exemption expires.");
        lines.add("Needs Falco with engine " + FalcoRules.ENGINE + " and its container plugin.");
        lines.add("");
        lines.add("What these rules do not say:");
        rules.limits().forEach(limit -> lines.add("- " + limit));
        StringBuilder text = new StringBuilder();
        lines.forEach(line ->
                text.append(("# " + SafeText.line(line)).stripTrailing()).append('\n'));
        return text.append(YamlWriter.write(rules.document())).toString();
    }
}
