package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.RuleSettings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SandboxRuntimeTest {
    private static Trial trial(String spec) {
        return Trial.of(new SandboxRuntime(), spec);
    }

    private static RuleSettings classes(String... names) {
        return new RuleSettings(RuleSettings.Scratch.DEFAULT, Optional.empty(), List.of(names));
    }

    @Test
    void fillsTheFirstSandboxWhereNoClusterCanBeAsked() {
        Trial trial = trial("{containers:[{name:'app'}]}");

        assertThat(trial.finding().value()).isEqualTo("unset");
        assertThat(trial.finding().unset()).isTrue();
        assertThat(trial.finding().place().pointer()).isEqualTo("/spec/runtimeClassName");
        assertThat(trial.hardened().spec())
                .isEqualTo(Trial.json("{containers:[{name:'app'}],runtimeClassName:'gvisor'}"));
        assertThat(trial.hardened().findings()).isEmpty();
    }

    @Test
    void fillsTheFirstSandboxThatTheClusterHas() {
        Trial trial = trial("{containers:[{name:'app'}]}").inClusterWithClasses("runc", "kata");

        assertThat(trial.hardened().spec().get("runtimeClassName").textValue()).isEqualTo("kata");
    }

    @Test
    void fillsNoClassThatTheClusterLacks() {
        assertThat(trial("{containers:[{name:'app'}]}")
                        .inClusterWithClasses("runc")
                        .reasonLeft())
                .isEqualTo("the cluster has no RuntimeClass \"gvisor\", \"kata\"");
        assertThat(trial("{containers:[{name:'app'}]}").with(classes()).reasonLeft())
                .isEqualTo("the policy counts no RuntimeClass as a sandbox");
    }

    @Test
    void skipsPodsWithOverhead() {
        assertThat(trial("{overhead:{cpu:'250m'},containers:[{name:'app'}]}").reasonLeft())
                .contains("spec.overhead");
        assertThat(trial("{overhead:{},containers:[{name:'app'}]}").hardened().findings())
                .isEmpty();
    }

    @Test
    void fillsTheClassAloneAndLeavesSchedulingToIt() {
        assertThat(trial("{hostNetwork:true,nodeSelector:{a:'b'},containers:[{name:'app'}]}")
                        .hardened()
                        .spec())
                .isEqualTo(Trial.json(
                        "{hostNetwork:true,nodeSelector:{a:'b'},containers:[{name:'app'}],runtimeClassName:'gvisor'}"));
    }

    @Test
    void findsAnotherClassAsExplicit() {
        Trial trial = trial("{runtimeClassName:'runc',containers:[{name:'app'}]}");

        assertThat(trial.finding().value()).isEqualTo("runc");
        assertThat(trial.finding().unset()).isFalse();
        assertThat(trial.finding().message())
                .isEqualTo("pod must not set runtimeClassName to \"runc\", which is no sandboxed runtime");
        assertThat(trial.finding().remedy().text()).startsWith("set spec.runtimeClassName to ");
        assertThat(trial.harden().edits()).isEmpty();
    }

    @Test
    void findsAnEmptyClassAsUnsetThoughNothingCanBeAdded() {
        Trial trial = trial("{runtimeClassName:'',containers:[{name:'app'}]}");

        assertThat(trial.finding().value()).isEqualTo("unset");
        assertThat(trial.finding().unset()).isFalse();
        assertThat(trial.finding().message()).isEqualTo("pod must set runtimeClassName to a sandboxed runtime");
    }

    @Test
    void acceptsEverySandboxThatThePolicyCounts() {
        assertThat(trial("{runtimeClassName:'kata',containers:[]}").findings()).isEmpty();
        assertThat(trial("{runtimeClassName:'kata',containers:[]}")
                        .with(classes("kata-qemu"))
                        .findings())
                .hasSize(1);
        assertThat(trial("{runtimeClassName:'kata-qemu',containers:[]}")
                        .with(classes("kata-qemu"))
                        .findings())
                .isEmpty();
    }

    @Test
    void leavesWindowsPods() {
        assertThat(trial("{os:{name:'windows'},containers:[{name:'app'}]}").reasonLeft())
                .isEqualTo("sandboxed runtimes run no Windows pods");
    }

    @Test
    void leavesPodsWhoseOwnFieldsCannotBeSet() {
        assertThat(trial("{containers:[{name:'app'}],ephemeralContainers:[{name:'debug'}]}")
                        .reasonLeft(false))
                .startsWith("only a pod that is being created");
    }
}
