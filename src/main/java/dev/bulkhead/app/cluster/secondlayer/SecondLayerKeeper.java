package dev.bulkhead.app.cluster.secondlayer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.resource.ApiServerFailure;
import dev.bulkhead.app.cluster.resource.EventRecorder;
import dev.bulkhead.app.cluster.resource.FieldOwners;
import dev.bulkhead.app.cluster.webhook.WorkloadScope;
import dev.bulkhead.app.cluster.webhook.WriteBackOff;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.text.FailureText;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Keeps the API server's own admission policies in step with the policies and exemptions in force: writes what has changed,
 * restores what somebody else changed or deleted, and deletes what is no longer exported. Only the leader does this. No
 * decision of the webhook depends on it.
 */
public final class SecondLayerKeeper implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SecondLayerKeeper.class);

    private final Slots slots;
    private final StoredLayer stored;
    private final LayerWriter writer;
    private final WriteBackOff backOff;
    private final LayerReport report;
    private final EventRecorder events;
    private final Supplier<Optional<WorkloadScope>> scope;
    private final Clock clock;
    private final Map<Slot, WrittenPolicy> written = new HashMap<>();
    private Optional<Export> exported = Optional.empty();
    private boolean withdrawn;

    /**
     * Starts no watch and writes nothing before {@link #keep}.
     *
     * @param scope the workloads that the webhook is installed for; empty while unknown
     * @param onChange called when something stored has changed
     */
    public SecondLayerKeeper(
            KubernetesClient client,
            Slots slots,
            EventRecorder events,
            Supplier<Optional<WorkloadScope>> scope,
            Clock clock,
            Runnable onChange) {
        this.slots = slots;
        this.stored = new StoredLayer(client, slots.installation(), onChange);
        this.writer = new LayerWriter(client);
        this.backOff = new WriteBackOff(clock);
        this.report = new LayerReport(events, clock);
        this.events = events;
        this.scope = scope;
        this.clock = clock;
    }

    /** Whether all was in step at the last pass; empty before the first, and while another replica leads. */
    public Optional<Boolean> isInStep() {
        return report.isInStep();
    }

    /** Forgets what it knows, because another replica leads. */
    public void forget() {
        written.clear();
        exported = Optional.empty();
        report.forget();
    }

    /**
     * Writes what is due. Waits for the API server.
     *
     * @param policies what is in force
     * @param minor the minor version of Kubernetes
     * @param leading asked before each write
     * @throws IOException when something could not be written and should be retried
     */
    public void keep(PolicySet policies, int minor, BooleanSupplier leading) throws IOException {
        if (minor < PolicyKind.VALIDATING.since()) {
            report.of(List.of("Kubernetes 1." + minor + " has no ValidatingAdmissionPolicy, which needs 1."
                    + PolicyKind.VALIDATING.since()));
            return;
        }
        boolean known = stored.follow(minor);
        Optional<WorkloadScope> workloads = scope.get();
        if (!known || workloads.isEmpty()) {
            report.of(
                    known
                            ? List.of("what the webhook is installed for is unknown: the ConfigMap "
                                    + slots.installation() + " is missing or cannot be read")
                            : List.of("the API server's admission policies cannot be read"));
            return;
        }
        ExpectedLayer expected = export(policies, minor, workloads.get());
        List<String> problems = new ArrayList<>();
        Optional<KubernetesClientException> failure = write(expected, workloads.get(), leading, problems);
        report.of(problems);
        if (failure.isPresent()) {
            throw new IOException(
                    "a policy of the second layer could not be written: " + ApiServerFailure.text(failure.get()),
                    failure.get());
        }
    }

    private ExpectedLayer export(PolicySet policies, int minor, WorkloadScope workloads) {
        Instant now = clock.instant();
        List<Exemption> active = policies.exemptions().stream()
                .filter(exemption -> now.isBefore(exemption.expires()))
                .toList();
        if (exported.isEmpty() || !exported.get().isOf(policies, active, minor, workloads)) {
            try {
                ExpectedLayer layer = ExpectedLayer.of(policies, minor, now, workloads);
                exported = Optional.of(new Export(policies, active, minor, workloads, layer));
                LOG.infof(
                        "exported %d policies of the second layer for Kubernetes 1.%d%s",
                        layer.policies().size(),
                        minor,
                        minor < PolicyKind.MUTATING.since()
                                ? ", which has no MutatingAdmissionPolicy: it fills in nothing"
                                : "");
            } catch (RuntimeException e) {
                report.of(List.of("the policies cannot be exported: " + FailureText.message(e)));
                throw e;
            }
        }
        return exported.get().layer();
    }

    private Optional<KubernetesClientException> write(
            ExpectedLayer expected, WorkloadScope workloads, BooleanSupplier leading, List<String> problems) {
        LayerState state = LayerState.of(slots, expected, workloads, stored::policies, stored::bindings);
        problems.addAll(state.problems());
        Optional<KubernetesClientException> failure = Optional.empty();
        for (Map.Entry<Slot, ExportedPolicy> entry : state.placement().placed().entrySet()) {
            if (!leading.getAsBoolean()) {
                return Optional.empty();
            }
            Slot slot = entry.getKey();
            ExportedPolicy policy = entry.getValue();
            try {
                if (!isWritten(slot, policy)) {
                    problems.add(
                            LayerState.named(slot, policy) + " is changed again and again, and waits to be restored");
                }
            } catch (KubernetesClientException e) {
                failure = Optional.of(failure.orElse(e));
                problems.add(LayerState.named(slot, policy) + " could not be written, what was there before stays: "
                        + ApiServerFailure.text(e));
            }
        }
        // Only then, so that what moves to another slot is in force meanwhile.
        for (LayerState.Leftover left : state.leftovers()) {
            if (!leading.getAsBoolean()) {
                return Optional.empty();
            }
            try {
                writer.delete(left.kind(), left.name());
                LOG.infof(
                        "deleted %s %s (%s): it is no longer exported",
                        left.kind().kind(), left.name(), left.export());
            } catch (KubernetesClientException e) {
                failure = Optional.of(failure.orElse(e));
                problems.add(left.kind().kind() + " " + left.name()
                        + " is no longer exported and could not be deleted: " + ApiServerFailure.text(e));
            }
        }
        return failure;
    }

    /** Whether it is stored as it should be, perhaps only now; false if it is too early to write it once more. */
    private boolean isWritten(Slot slot, ExportedPolicy policy) {
        JsonNode binding = Optional.ofNullable(stored.bindings(slot.kind()).get(slot.name()))
                .orElseThrow();
        Optional<JsonNode> seen =
                Optional.ofNullable(stored.policies(slot.kind()).get(slot.name()));
        Optional<WrittenPolicy> before = Optional.ofNullable(written.get(slot))
                .filter(last ->
                        last.export().equals(policy.name()) && last.spec().equals(policy.spec()));
        boolean accepted = seen.filter(object -> policy.isMarked(object, slots.installation(), binding)
                        && (object.path("spec").equals(policy.spec())
                                || before.filter(last -> last.isAccepted(object))
                                        .isPresent()))
                .isPresent();
        if (accepted) {
            before.ifPresent(last -> written.put(slot, last.confirmed()));
            return true;
        }
        if (before.filter(last -> last.isAwaited(seen, clock.instant())).isPresent()) {
            return true;
        }
        ObjectNode object = policy.in(slot, slots.installation(), binding);
        Optional<WriteBackOff.Turn> turn = backOff.turn(slot.name(), Map.of("", object));
        if (turn.isEmpty()) {
            return false;
        }
        JsonNode result =
                seen.isPresent() ? writer.replace(slot.kind(), object, seen.get()) : writer.create(slot.kind(), object);
        backOff.written(slot.name(), Map.of("", object), turn.get());
        written.put(
                slot,
                new WrittenPolicy(
                        policy.name(),
                        policy.spec(),
                        result.at("/metadata/uid").asText(),
                        result.at("/metadata/generation").asLong(),
                        clock.instant(),
                        false));
        tell(slot, policy, seen, before.isPresent());
        return true;
    }

    private void tell(Slot slot, ExportedPolicy policy, Optional<JsonNode> seen, boolean restored) {
        String what = LayerState.named(slot, policy);
        if (!restored) {
            LOG.infof("wrote %s", what);
            return;
        }
        String who = seen.flatMap(object -> FieldOwners.lastOf(object, Set.of()))
                .map(name -> "\"" + name + "\"")
                .orElse("somebody");
        String message = who + " has " + (seen.isPresent() ? "changed " : "deleted ") + what + "; it was restored";
        LOG.warn(message);
        events.warn("SecondLayerRestored", message);
    }

    /**
     * Deletes all policies, because Bulkhead's namespace is being deleted, and nothing would complete pods for them. Every
     * replica calls this, because all of them will lose their permissions soon.
     */
    public void withdraw() {
        if (!withdrawn) {
            slots.all().forEach(slot -> writer.delete(slot.kind(), slot.name()));
            withdrawn = true;
        }
    }

    @Override
    public void close() {
        stored.close();
    }
}
