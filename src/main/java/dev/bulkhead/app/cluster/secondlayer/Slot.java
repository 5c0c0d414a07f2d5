package dev.bulkhead.app.cluster.secondlayer;

/**
 * A place for one exported policy. The installer creates its binding, which limits what a policy there can do, and
 * permits the leader to write a policy of that name and no other.
 *
 * @param name of the policy and of its binding
 * @param effect what the binding does about violations, such as {@code Deny}; empty where the policy fills in
 */
public record Slot(String name, PolicyKind kind, String effect) {
    boolean takes(ExportedPolicy policy) {
        return kind == policy.kind() && effect.equals(policy.effect());
    }
}
