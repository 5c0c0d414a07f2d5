package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Processes.Run;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What somebody could do with Bulkhead's own account who has taken it over, against the policy that holds it. That the
 * program itself can still do all that it must is shown by the other tests, which run with that policy as well.
 */
@ExtendWith(Installed.class)
class OwnRightsIT {
    private static final String GATE = "--as=system:serviceaccount:bulkhead-system:bulkhead";
    private static final String REFUSED = "ValidatingAdmissionPolicy 'bulkhead-own-rights'";

    private final ControlPlane plane;

    OwnRightsIT(Site site) {
        this.plane = site.plane();
    }

    /** Changes something in an object. */
    private record Edit(String what, Consumer<ObjectNode> change) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static ObjectNode webhook(JsonNode configuration) {
        return (ObjectNode) configuration.at("/webhooks/0");
    }

    static Stream<Edit> forbidden() {
        return Stream.of(
                new Edit("every object of the cluster", object -> {
                    ObjectNode rule = (ObjectNode) webhook(object).at("/rules/0");
                    rule.putArray("apiGroups").add("*");
                    rule.putArray("apiVersions").add("*");
                    rule.putArray("resources").add("*/*");
                    rule.put("scope", "*");
                }),
                new Edit("no object at all", object -> webhook(object).remove("rules")),
                new Edit("an address outside", object -> {
                    ObjectNode clientConfig = (ObjectNode) webhook(object).path("clientConfig");
                    clientConfig.remove("service");
                    clientConfig.put("url", "https://attacker.example/");
                }),
                new Edit(
                        "another Service",
                        object -> ((ObjectNode) webhook(object).at("/clientConfig/service"))
                                .put("namespace", "attacker")),
                new Edit(
                        "another path",
                        object -> ((ObjectNode) webhook(object).at("/clientConfig/service"))
                                .put("path", "/validate/privileged")),
                new Edit(
                        "fewer namespaces",
                        object -> webhook(object)
                                .putObject("namespaceSelector")
                                .putObject("matchLabels")
                                .put("judge", "me")),
                new Edit("all namespaces", object -> webhook(object).putObject("namespaceSelector")),
                new Edit(
                        "fewer objects",
                        object -> webhook(object)
                                .putObject("objectSelector")
                                .putObject("matchLabels")
                                .put("judge", "me")),
                new Edit(
                        "conditions",
                        object -> webhook(object)
                                .putArray("matchConditions")
                                .addObject()
                                .put("name", "never")
                                .put("expression", "false")),
                new Edit(
                        "a timeout that is always over",
                        object -> webhook(object).put("timeoutSeconds", 1)),
                new Edit(
                        "one webhook more",
                        object -> ((ArrayNode) object.path("webhooks"))
                                .add(webhook(object).deepCopy().put("name", "more.bulkhead.dev"))),
                new Edit("one webhook less", object -> ((ArrayNode) object.path("webhooks")).remove(0)),
                new Edit(
                        "an owner that does not exist",
                        object -> ((ObjectNode) object.path("metadata"))
                                .putArray("ownerReferences")
                                .addObject()
                                .put("apiVersion", "v1")
                                .put("kind", "Namespace")
                                .put("name", "gone")
                                .put("uid", "00000000-0000-0000-0000-000000000000")),
                new Edit(
                        "a finalizer",
                        object -> ((ObjectNode) object.path("metadata"))
                                .putArray("finalizers")
                                .add("attacker.example/keep")),
                new Edit(
                        "an annotation",
                        object -> ((ObjectNode) object.at("/metadata/annotations"))
                                .put("cert-manager.io/inject-ca-from", "attacker/ca")));
    }

    @ParameterizedTest
    @MethodSource("forbidden")
    void theAccountMayNotWriteIntoEitherConfiguration(Edit edit) {
        for (String kind : new String[] {"mutatingwebhookconfiguration", "validatingwebhookconfiguration"}) {
            assertThat(replace(kind, edit.change(), GATE).err()).as(kind).contains(REFUSED);
        }
    }

    static Stream<Map.Entry<String, Edit>> allowed() {
        return Stream.of(
                Map.entry("validatingwebhookconfiguration", new Edit("nothing", object -> {})),
                Map.entry(
                        "validatingwebhookconfiguration",
                        new Edit(
                                "a bundle",
                                object -> ((ObjectNode) webhook(object).path("clientConfig")).remove("caBundle"))),
                Map.entry(
                        "mutatingwebhookconfiguration",
                        new Edit(
                                "a bundle",
                                object -> ((ObjectNode) webhook(object).path("clientConfig")).remove("caBundle"))),
                Map.entry(
                        "validatingwebhookconfiguration",
                        new Edit("open", object -> webhook(object).put("failurePolicy", "Ignore"))));
    }

    @ParameterizedTest
    @MethodSource("allowed")
    void theAccountMayWriteWhatTheGateMustWrite(Map.Entry<String, Edit> edit) {
        Run run = replace(edit.getKey(), edit.getValue().change(), GATE);

        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    @Test
    void onlyWhatIsLeftToTheGateMayFailOrNot() {
        assertThat(replace(
                                "mutatingwebhookconfiguration",
                                object -> webhook(object).put("failurePolicy", "Fail"),
                                GATE)
                        .err())
                .contains(REFUSED);
    }

    @Test
    void theAccountMayNotDeleteThemWhileItsNamespaceStays() {
        for (String kind : new String[] {"mutatingwebhookconfiguration", "validatingwebhookconfiguration"}) {
            assertThat(plane.kubectl(GATE, "delete", kind, "bulkhead", "--dry-run=server")
                            .err())
                    .contains(REFUSED);
        }
    }

    @Test
    void theAccountMayStoreNoExemption() {
        String exemption = """
                apiVersion: bulkhead.dev/v1alpha1
                kind: Exemption
                metadata: {name: bulkhead-reachability-probe, namespace: bulkhead-system}
                spec:
                  reason: none
                  owner: attacker
                  expires: "2027-01-01T00:00:00Z"
                  match: {namespaces: [default]}
                  allow: [{rule: privileged, values: ["*"]}]
                """;
        String[] command = {GATE, "apply", "--server-side", "-f", "-"};

        assertThat(plane.kubectlWith(exemption, command).err()).contains(REFUSED);
        assertThat(plane.kubectlWith(exemption.replace("-probe", "-other"), command)
                        .err())
                .contains("cannot patch resource");
        assertThat(plane.get("-n", "bulkhead-system", "exemptions").path("items"))
                .isEmpty();
    }

    @Test
    void otherAccountsAreNotRestricted() {
        forbidden().filter(edit -> !edit.what().contains("owner")).forEach(edit -> {
            Run run = replace("validatingwebhookconfiguration", edit.change(), "--as=");
            assertThat(run.err()).as(edit.what()).doesNotContain("ValidatingAdmissionPolicy");
        });
        assertThat(plane.kubectl("delete", "validatingwebhookconfiguration", "bulkhead", "--dry-run=server")
                        .exitCode())
                .isZero();
    }

    /** A dry run, so that nothing is changed. */
    private Run replace(String kind, Consumer<ObjectNode> change, String as) {
        ObjectNode object = (ObjectNode) plane.get(kind, "bulkhead");
        change.accept(object);
        return plane.kubectlWith(object.toString(), as, "replace", "--dry-run=server", "-f", "-");
    }
}
