package dev.bulkhead.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.hardening.Patch;
import dev.bulkhead.manifest.Problem;
import dev.bulkhead.policy.Judged;
import dev.bulkhead.policy.PolicyReader;
import dev.bulkhead.policy.Verdict;
import dev.bulkhead.rule.Finding;
import dev.bulkhead.workload.Container;

/** The report as a {@code CheckReport} document, for programs. */
final class CheckJson {
    private CheckJson() {}

    static ObjectNode of(CheckReport report) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("apiVersion", PolicyReader.API_VERSION)
                .put("kind", "CheckReport")
                .put("profile", report.profile());
        json.putObject("summary")
                .put("workloads", report.workloads().size())
                .put("denied", report.count(Verdict.Outcome.DENIED))
                .put("hardened", report.count(Verdict.Outcome.HARDENED))
                .put("warned", report.count(Verdict.Outcome.WARNED))
                .put("passed", report.count(Verdict.Outcome.PASSED))
                .put("errors", report.errors().size());
        ArrayNode workloads = json.putArray("workloads");
        report.workloads().forEach(entry -> workload(workloads.addObject(), entry));
        ArrayNode errors = json.putArray("errors");
        for (Problem problem : report.errors()) {
            errors.addObject()
                    .put("file", problem.file())
                    .put("line", problem.line())
                    .put("column", problem.column())
                    .put("message", problem.message());
        }
        return json;
    }

    private static void workload(ObjectNode json, CheckReport.Entry entry) {
        json.put("file", entry.object().document().file())
                .put("document", entry.object().document().index())
                .put("line", entry.object().position("").line())
                .put("apiVersion", entry.workload().apiVersion())
                .put("kind", entry.workload().kind())
                .put("namespace", entry.namespace())
                .put("name", entry.workload().name())
                .put("verdict", entry.verdict().outcome().label());
        ArrayNode findings = json.putArray("findings");
        entry.verdict().findings().forEach(judged -> finding(findings.addObject(), entry, judged));
        ArrayNode patch = json.putArray("patch");
        for (Patch.Add operation : entry.verdict().patch().operations()) {
            patch.addObject()
                    .put("op", "add")
                    .put("path", entry.object().prefix() + operation.path())
                    .set("value", operation.value());
        }
    }

    private static void finding(ObjectNode json, CheckReport.Entry entry, Judged judged) {
        Finding finding = judged.finding();
        String pointer = finding.place().pointer();
        json.put("rule", finding.rule().id())
                .put("layer", finding.rule().layer().label())
                .put("action", judged.action().label())
                .put(
                        "container",
                        finding.subject().asContainer().map(Container::name).orElse(null))
                .put("path", entry.object().prefix() + pointer)
                .put("line", entry.line(pointer))
                .put("message", finding.message())
                .put("exemption", judged.exemption().orElse(null))
                .put("value", finding.value())
                .put("fix", finding.remedy());
        judged.left().ifPresent(left -> json.put("left", left));
    }
}
