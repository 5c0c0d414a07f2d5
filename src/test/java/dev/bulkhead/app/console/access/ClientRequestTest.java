package dev.bulkhead.app.console.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientRequestTest {
    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:8081", "LOCALHOST:1", "127.0.0.1:8081", "[::1]:8081", "[::1]"})
    void knowsTheLoopbackInterfaceByItsNames(String host) {
        assertThat(Requests.get("/", "host", host).isForLoopback()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attacker.example",
                "localhost.attacker.example",
                "127.0.0.1.nip.io:8081",
                "localhost:8081:1",
                "localhost@attacker.example",
                "127.1",
                "0.0.0.0:8081",
                "",
                "[::1",
                "localhost:999999"
            })
    void takesNoOtherNameForIt(String host) {
        assertThat(Requests.get("/", "host", host).isForLoopback()).isFalse();
    }

    @Test
    void takesSeveralHostsForNone() {
        ClientRequest request =
                new ClientRequest("GET", "/", "", Map.of("host", List.of("localhost", "attacker.example")));

        assertThat(request.isForLoopback()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "same-origin, http://localhost:8081, true",
        "same-origin, null, true",
        "cross-site, http://localhost:8081, false",
        "same-site, http://localhost:8081, false",
        "none, http://localhost:8081, false",
        ", http://localhost:8081, true",
        ", https://localhost:8081, true",
        ", http://localhost:9999, false",
        ", https://attacker.example, false",
        ", null, false",
        ", '', false",
        ", 'http://local host', false",
    })
    void believesTheBrowserWhereAFormComesFrom(String site, String origin, boolean own) {
        ClientRequest request = site == null
                ? Requests.post("/sign-in", "origin", origin)
                : Requests.post("/sign-in", "origin", origin, "sec-fetch-site", site);

        assertThat(request.isFromOwnPage()).isEqualTo(own);
    }

    @Test
    void takesARequestThatSaysNothingForAnotherSites() {
        assertThat(Requests.post("/sign-in").isFromOwnPage()).isFalse();
    }

    @Test
    void findsACookieAmongOthers() {
        assertThat(Requests.get("/", "cookie", "a=1; bulkhead=2;bulkhead-x=3; bulkhead=4")
                        .cookies("bulkhead"))
                .containsExactly("2", "4");
        assertThat(Requests.get("/").cookies("bulkhead")).isEmpty();
    }
}
