package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.Standard;
import dev.bulkhead.engine.rule.StandardControl;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RuleInfoTest {
    static Stream<RuleInfo> infos() {
        return RuleRegistry.ALL.stream().map(Rule::info);
    }

    @ParameterizedTest
    @MethodSource("infos")
    void titlesAreShortAndSummariesAreSentences(RuleInfo info) {
        assertThat(info.title()).hasSizeBetween(5, 60).doesNotEndWith(".");
        assertThat(info.summary()).hasSizeLessThanOrEqualTo(100).endsWith(".");
        assertThat(info.summary().substring(0, 1)).isUpperCase();
    }

    @Test
    void titlesAndSummariesTellTheRulesApart() {
        assertThat(infos().map(RuleInfo::title)).doesNotHaveDuplicates();
        assertThat(infos().map(RuleInfo::summary)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("infos")
    void podSecurityChecksNameTheirControlAndOwnRulesNone(RuleInfo info) {
        List<StandardControl> controls = info.standards().stream()
                .filter(control -> control.standard() == Standard.POD_SECURITY)
                .toList();

        assertThat(controls).hasSize(info.level().isPresent() ? 1 : 0);
    }

    @ParameterizedTest
    @MethodSource("infos")
    void standardsAreListedOnceAndInOneOrder(RuleInfo info) {
        assertThat(info.standards()).doesNotHaveDuplicates();
        assertThat(info.standards().stream().map(StandardControl::standard)).isSorted();
    }

    @Test
    void recommendationsHaveTheNumbersOfTheirStandard() {
        Map<Standard, String> numbers = Map.of(
                Standard.POD_SECURITY, "",
                Standard.CIS, "5\\.[1-6]\\.[0-9]+",
                Standard.NSA_CISA, "",
                Standard.ATTACK, "T1[0-9]{3}(\\.[0-9]{3})?",
                Standard.CWE, "[0-9]+");

        assertThat(infos().flatMap(info -> info.standards().stream()))
                .allSatisfy(control -> assertThat(control.id()).matches(numbers.get(control.standard())));
    }

    @Test
    void oneNumberHasOneName() {
        Map<String, String> names = new HashMap<>();
        infos().flatMap(info -> info.standards().stream())
                .filter(control -> !control.id().isEmpty())
                .forEach(control -> assertThat(names.computeIfAbsent(
                                control.standard() + " " + control.id(), number -> control.name()))
                        .isEqualTo(control.name()));
        assertThat(names).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "privileged, Pod Security Standards (Baseline)",
        "runAsNonRoot, Pod Security Standards (Restricted)",
        "runtimeSocket, Bulkhead"
    })
    void categoriesAreThoseOfPolicyReports(String id, String category) {
        assertThat(info(id).category()).isEqualTo(category);
    }

    @Test
    void pagesStandInTheRepositoryOrWhereASettingSays() {
        assertThat(info("sysctls").helpUrl()).startsWith("https://").endsWith("/docs/rules/sysctls.md");
        assertThat(info("sysctls").helpUrl("https://wiki.example/rules/"))
                .isEqualTo("https://wiki.example/rules/sysctls");
        assertThat(info("sysctls").helpUrl("https://wiki.example/{rule}.html"))
                .isEqualTo("https://wiki.example/sysctls.html");
    }

    @Test
    void recommendationsLinkToTheirOwnPageWhereThereIsOne() {
        assertThat(Standard.ATTACK.control("T1611", "Escape to Host").url())
                .isEqualTo("https://attack.mitre.org/techniques/T1611/");
        assertThat(Standard.ATTACK.control("T1552.007", "Container API").url())
                .isEqualTo("https://attack.mitre.org/techniques/T1552/007/");
        assertThat(Standard.CWE.control("526", "x").url()).isEqualTo("https://cwe.mitre.org/data/definitions/526.html");
        assertThat(Standard.CIS.control("5.2.2", "x").url()).isEqualTo(Standard.CIS.url());
    }

    private static RuleInfo info(String id) {
        return RuleRegistry.named(id).orElseThrow().info();
    }
}
