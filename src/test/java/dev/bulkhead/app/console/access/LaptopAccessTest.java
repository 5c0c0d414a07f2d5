package dev.bulkhead.app.console.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LaptopAccessTest {
    private final List<String> links = new ArrayList<>();
    private final LaptopAccess access = new LaptopAccess("kind");

    @BeforeEach
    void listen() {
        access.listensOn(8081, links::add);
    }

    private String open() {
        Access.Redirected opened = (Access.Redirected) access.of(Requests.get(access.link()));
        assertThat(opened.path()).isEqualTo("/");
        String cookie = opened.cookie().orElseThrow();
        assertThat(cookie).endsWith("; Path=/; HttpOnly; SameSite=Strict");
        return cookie.substring(0, cookie.indexOf(';'));
    }

    private Viewer viewer(String cookie) {
        return ((Access.Granted) access.of(Requests.get("/", "cookie", cookie))).viewer();
    }

    @Test
    void showsNothingWithoutTheLink() {
        assertThat(access.of(Requests.get("/"))).isInstanceOf(Access.Refused.class);
        assertThat(access.of(Requests.get("/open/"))).isInstanceOf(Access.Refused.class);
        assertThat(access.of(Requests.get("/open/guessed"))).isInstanceOf(Access.Refused.class);
        assertThat(access.of(Requests.get("/", "cookie", "bulkhead-8081=guessed")))
                .isInstanceOf(Access.Refused.class);
        assertThat(links).isEmpty();
    }

    @Test
    void showsEverythingToTheBrowserThatOpenedTheLink() {
        String cookie = open();

        assertThat(viewer(cookie).sees("any")).isTrue();
        assertThat(viewer(cookie).name()).isEqualTo("kind");
    }

    @Test
    void hasEachLinkWorkOnce() {
        String link = access.link();
        open();

        assertThat(access.of(Requests.get(link))).isInstanceOf(Access.Refused.class);
        assertThat(links).containsExactly(access.link()).doesNotContain(link);
    }

    @Test
    void remembersALimitedNumberOfBrowsers() {
        String first = open();
        for (int i = 0; i < 8; i++) {
            open();
        }

        assertThat(access.of(Requests.get("/", "cookie", first))).isInstanceOf(Access.Refused.class);
    }

    @Test
    void refusesOtherNamesOfTheHost() {
        assertThat(access.refusal(Requests.get("/", "host", "attacker.example:8081")))
                .hasValueSatisfying(refused -> assertThat(refused.status()).isEqualTo(421));
        assertThat(access.refusal(Requests.get("/", "host", "127.0.0.1:8081"))).isEmpty();
    }

    @Test
    void knowsFormsOfItsOwnPages() {
        String cookie = open();
        ClientRequest post = Requests.post("/playground", "cookie", cookie);

        assertThat(access.isOwnForm(post, Map.of("token", List.of(viewer(cookie).formToken()))))
                .isTrue();
        assertThat(access.isOwnForm(post, Map.of())).isFalse();
        assertThat(access.isOwnForm(post, Map.of("token", List.of(viewer(open()).formToken()))))
                .as("another browser's")
                .isFalse();
    }

    @Test
    void forgetsABrowserThatSignsOut() {
        String cookie = open();
        access.signOut(Requests.post("/sign-out", "cookie", cookie));

        assertThat(access.of(Requests.get("/", "cookie", cookie))).isInstanceOf(Access.Refused.class);
    }
}
