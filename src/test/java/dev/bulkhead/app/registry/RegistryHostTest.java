package dev.bulkhead.app.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a registry may send a request. Nothing is looked up. */
class RegistryHostTest {
    private static final String INTERNAL = "which is an internal address, unlike that of the registry";
    private static final Map<String, String> ADDRESSES = Map.of(
            "public.example", "203.0.113.7",
            "storage.example", "198.51.100.7",
            "inside.example", "10.0.0.7",
            "files.inside.example", "fd00::7",
            "rebound.example", "203.0.113.8,127.0.0.1");

    private static List<InetAddress> addresses(String host, Deadline deadline) throws RegistryException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String address : ADDRESSES.getOrDefault(host, host).split(",", -1)) {
            if (address.matches("[0-9.]+|\\[?[0-9a-f:.]*:[0-9a-f:.]*]?")) {
                try {
                    addresses.add(InetAddress.getByName(address));
                } catch (UnknownHostException e) {
                    throw new RegistryException(address, e);
                }
            }
        }
        return addresses;
    }

    private static Optional<String> objection(String registry, String uri) throws RegistryException {
        return RegistryHost.named(registry, true)
                .objection(URI.create(uri), RegistryHostTest::addresses, Deadline.in(Duration.ofSeconds(60)));
    }

    @ParameterizedTest
    @CsvSource({
        "public.example,        https://storage.example/x",
        "public.example:5000,   https://PUBLIC.example/x",
        "public.example,        https://unknown.example/x",
        "docker.io,             https://registry-1.docker.io/x",
        "inside.example,        https://files.inside.example/x",
        "inside.example,        https://192.168.1.1/x",
        "inside.example,        https://storage.example/x",
        "10.0.0.9:5000,         https://10.0.0.7/x",
        "169.254.1.1,           https://169.254.1.2/x",
        "127.0.0.1:5000,        http://127.0.0.1:5001/x",
    })
    void maySendRequestsThatFar(String registry, String uri) throws RegistryException {
        assertThat(objection(registry, uri)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "public.example,  https://127.0.0.1/x",
        "public.example,  https://0.0.0.0/x",
        "public.example,  https://[::1]/x",
        "public.example,  https://[::]/x",
        "public.example,  https://[::ffff:10.0.0.7]/x",
        "public.example,  https://rebound.example/x",
        "public.example,  https://10.0.0.7/x",
        "public.example,  https://172.16.0.1/x",
        "public.example,  https://172.31.255.255/x",
        "public.example,  https://192.168.0.1/x",
        "public.example,  https://100.64.0.1/x",
        "public.example,  https://100.127.255.255/x",
        "public.example,  https://169.254.169.254/x",
        "public.example,  https://[fe80::1]/x",
        "public.example,  https://[fd00:ec2::254]/x",
        "public.example,  https://files.inside.example/x",
        "unknown.example, https://inside.example/x",
        "inside.example,  https://127.0.0.1/x",
        "inside.example,  https://169.254.169.254/x",
        "127.0.0.1:5000,  https://10.0.0.7/x",
    })
    void sendsNoRequestsIntoANetworkWhereItIsNot(String registry, String uri) throws RegistryException {
        assertThat(objection(registry, uri)).contains(INTERNAL);
    }

    @ParameterizedTest
    @CsvSource({"100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.169.0.1", "11.0.0.1", "[2001:db8::1]"
    })
    void addressesBesideThemArePublic(String address) throws RegistryException {
        assertThat(objection("public.example", "https://" + address + "/x")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://reg/x,      https://reg:443/y,   true",
        "https://reg:443/x,  https://REG/y,       true",
        "http://reg/x,       http://reg:80/y,     true",
        "https://reg/x,      https://reg:8443/y,  false",
        "https://reg/x,      http://reg:443/y,    false",
        "https://reg/x,      https://reg.evil/y,  false",
    })
    void serverIsSchemeHostAndPort(String one, String other, boolean same) {
        assertThat(Repository.isSameServer(URI.create(one), URI.create(other))).isEqualTo(same);
    }
}
