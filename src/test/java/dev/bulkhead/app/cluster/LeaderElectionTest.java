package dev.bulkhead.app.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaderElectionTest {
    private final FakeApiServer server = new FakeApiServer();
    private final List<LeaderElection> replicas = new ArrayList<>();
    private Optional<OwnerReference> owner = Optional.empty();

    @AfterEach
    void close() {
        replicas.forEach(LeaderElection::close);
        server.close();
    }

    private LeaderElection replica(String name) {
        LeaderElection replica = new LeaderElection(server.client(), "bulkhead-system", "bulkhead", name, () -> owner);
        replicas.add(replica);
        return replica;
    }

    private Lease lease() {
        return server.client()
                .leases()
                .inNamespace("bulkhead-system")
                .withName("bulkhead")
                .get();
    }

    @Test
    void theHolderOfTheLeaseLeadsUntilItStepsDown() {
        LeaderElection one = replica("one");
        one.start();
        FakeApiServer.await("the first leader", one::isLeading);
        LeaderElection two = replica("two");
        two.start();
        FakeApiServer.await("the second one's attempt", () -> server.count(request -> request.startsWith("GET")) > 2);

        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("one");
        assertThat(two.isLeading()).isFalse();

        one.close();

        FakeApiServer.await("the next leader", two::isLeading);
        assertThat(one.isLeading()).isFalse();
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("two");
    }

    @Test
    void triesAgainWhenTheApiServerIsAway() {
        server.fail(request -> request.contains("/leases"), 500);
        LeaderElection one = replica("one");
        one.start();
        FakeApiServer.await("an attempt", () -> server.count(request -> request.contains("/leases")) > 0);
        assertThat(one.isLeading()).isFalse();

        server.recover();

        FakeApiServer.await("the leader", one::isLeading);
    }

    @Test
    void noLongerLeadsWhatItCannotRenewAndTakesPartAgain() {
        LeaderElection one = replica("one");
        one.start();
        FakeApiServer.await("the leader", one::isLeading);

        server.fail(request -> request.contains("/leases"), 500);
        FakeApiServer.await("the end of its time", () -> !one.isLeading());

        server.recover();
        FakeApiServer.await("the leader", one::isLeading);
    }

    @Test
    void theLeaseGoesWithWhatItBelongsTo() {
        owner = Optional.of(new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("ConfigMap")
                .withName("bulkhead")
                .withUid("c-1")
                .build());
        LeaderElection one = replica("one");
        one.start();
        FakeApiServer.await("the leader", one::isLeading);

        assertThat(lease().getMetadata().getOwnerReferences()).singleElement().isEqualTo(owner.orElseThrow());
    }

    @Test
    void formerLeaderDoesNotRunAgain() {
        LeaderElection one = replica("one");
        one.close();

        one.start();

        assertThat(one.isLeading()).isFalse();
        assertThat(server.requests()).isEmpty();
    }
}
