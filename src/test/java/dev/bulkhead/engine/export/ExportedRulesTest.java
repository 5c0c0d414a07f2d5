package dev.bulkhead.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ExportedRulesTest {
    @Test
    void everyRevisionIsWrittenInCelOrSaysWhyNot() {
        Set<String> missing = new TreeSet<>();
        for (Rule rule : RuleRegistry.ALL) {
            for (VersionedCheck revision : rule.revisions()) {
                CelCheck check = revision.cel().in(RuleSettings.DEFAULT, Evaluations.CLUSTER);
                if (check.clauses().isEmpty()) {
                    missing.add(rule.id());
                    assertThat(check.limits()).as(rule.id()).isNotEmpty();
                } else {
                    assertThat(check.fix()).as(rule.id()).isNotBlank();
                }
            }
        }

        assertThat(missing).containsExactly("secretsInEnv");
    }

    @Test
    void hardeningRulesSayWhatIsUnset() {
        for (Rule rule : RuleRegistry.ALL) {
            if (rule instanceof dev.bulkhead.engine.rule.HardeningRule
                    && !rule.id().equals("runAsUser")) {
                for (VersionedCheck revision : rule.revisions()) {
                    assertThat(revision.cel()
                                    .in(RuleSettings.DEFAULT, Evaluations.CLUSTER)
                                    .clauses())
                            .as(rule.id())
                            .anyMatch(clause -> clause.unset().isPresent());
                }
            }
        }
    }
}
