package dev.bulkhead.app.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Profile;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyFileReloaderTest {
    private final Counter failures = Counter.builder("failures").register(new SimpleMeterRegistry());

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void givenAPolicy() throws IOException {
        file = folder.resolve("policies.yaml");
        write("tenants", "profile: baseline");
    }

    private void write(String name, String spec) throws IOException {
        Files.writeString(
                file,
                "apiVersion: bulkhead.dev/v1alpha1\nkind: LeastPrivilegePolicy\nmetadata: {name: " + name + "}\nspec: {"
                        + spec + "}\n");
    }

    private PolicyFileReloader watch() {
        return watch(DefaultPolicy.NONE);
    }

    private PolicyFileReloader watch(DefaultPolicy defaultPolicy) {
        return new PolicyFileReloader(
                List.of(file),
                Policy.builtIn(Profile.SANDBOXED),
                defaultPolicy,
                Duration.ofDays(30),
                Clock.systemUTC(),
                failures);
    }

    private static List<String> names(PolicyFileReloader watch) {
        return watch.get().policies().stream().map(Policy::name).toList();
    }

    @Test
    void reloadsOnAChange() throws IOException {
        PolicyFileReloader watch = watch();
        write("others", "profile: baseline");

        watch.look();

        assertThat(names(watch)).containsExactly("others");
        assertThat(failures.count()).isZero();
    }

    @Test
    void keepsWhatItHasWhileNothingChanges() {
        PolicyFileReloader watch = watch();
        var before = watch.get();

        watch.look();

        assertThat(watch.get()).isSameAs(before);
    }

    @Test
    void keepsTheLastGoodPoliciesAndCountsTheFailureOnce() throws IOException {
        PolicyFileReloader watch = watch();
        write("broken", "profil: baseline");

        watch.look();
        watch.look();

        assertThat(names(watch)).containsExactly("tenants");
        assertThat(failures.count()).isEqualTo(1);
    }

    @Test
    void keepsTheLastGoodPoliciesWhenTheFileGoes() throws IOException {
        PolicyFileReloader watch = watch();
        Files.delete(file);

        watch.look();

        assertThat(names(watch)).containsExactly("tenants");
        assertThat(failures.count()).isEqualTo(1);
    }

    @Test
    void recoversWhenTheFileIsFixed() throws IOException {
        PolicyFileReloader watch = watch();
        write("broken", "profil: baseline");
        watch.look();
        write("mended", "profile: baseline");

        watch.look();

        assertThat(names(watch)).containsExactly("mended");
    }

    @Test
    void doesNotStartWithInvalidPolicies() throws IOException {
        write("broken", "profil: baseline");

        assertThatThrownBy(this::watch)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("policies.yaml:4:8: unknown key \"profil\"");
    }

    @Test
    void filesThatNameNoPolicyLeaveTheBuiltInOneInForce() throws IOException {
        Files.writeString(file, """
                apiVersion: bulkhead.dev/v1alpha1
                kind: Exemption
                metadata: {name: e}
                spec:
                  expires: %s
                  match: {namespaces: [a]}
                  allow: [{rule: privileged, values: ["true"]}]
                """.formatted(Clock.systemUTC().instant().plusSeconds(3600)));

        assertThat(watch(DefaultPolicy.FALLBACK).get().policies()).containsExactly(Policy.builtIn(Profile.SANDBOXED));
        assertThatThrownBy(this::watch).hasMessageContaining("nothing would be evaluated");
    }

    @Test
    void refusesExemptionsThatLastLongerThanTheMaximum() throws IOException {
        PolicyFileReloader watch = watch();
        exempt(29);
        watch.look();
        assertThat(watch.get().exemptions()).hasSize(1);

        exempt(31);
        watch.look();

        assertThat(failures.count()).isOne();
        assertThatThrownBy(this::watch).hasMessageContaining("at most 30 days");
    }

    private void exempt(int days) throws IOException {
        Instant expires = Instant.now().plus(days, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
        write("tenants", "profile: baseline");
        Files.writeString(file, Files.readString(file) + """
                ---
                apiVersion: bulkhead.dev/v1alpha1
                kind: Exemption
                metadata: {name: exporter, namespace: bulkhead-system}
                spec:
                  reason: reads host metrics
                  owner: team-observability
                  expires: %s
                  match: {namespaces: [monitoring]}
                  allow: [{rule: hostPathVolumes, values: [/proc]}]
                """.formatted(expires));
    }
}
