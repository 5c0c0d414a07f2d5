package dev.bulkhead.app.registry;

import static dev.bulkhead.app.registry.FakeRegistry.bytes;
import static dev.bulkhead.app.registry.FakeRegistry.configuration;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.engine.image.ImageUser;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageConfigurationTest {
    private static ImageConfiguration read(Map<String, ?> process) throws RegistryException {
        return ImageConfiguration.read(configuration(process));
    }

    private static ImageUser user(String text) throws RegistryException {
        return read(Map.of("User", text)).user();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "root", "0:0", "root:root", "0:1000", ":1000", "00", "+0"})
    void readsRoot(String user) throws RegistryException {
        assertThat(user(user)).isEqualTo(new ImageUser.Root());
    }

    @ParameterizedTest
    @CsvSource({
        "1000, 1000, ",
        "1000:2000, 1000, 2000",
        "65532:0, 65532, 0",
        "1000:staff, 1000, ",
        "1000:, 1000, ",
        "007:007, 7, 7",
        "+5, 5, ",
        "5:2147483648, 5, ",
        "2147483648:5, 2147483648, ",
    })
    void readsANumberAndItsGroup(String user, long uid, @Nullable Long gid) throws RegistryException {
        assertThat(user(user)).isEqualTo(new ImageUser.Numeric(uid, Optional.ofNullable(gid)));
    }

    @ParameterizedTest
    @CsvSource({"nginx, nginx", "app:app, app", "node:1000, node", "1000a, 1000a", "-1, -1", "0x0, 0x0"})
    void readsAName(String user, String name) throws RegistryException {
        assertThat(user(user)).isEqualTo(new ImageUser.Named(name, Optional.empty()));
    }

    @Test
    void shortensANameAndShowsItsControlCharacters() throws RegistryException {
        assertThat(user("a\u0007" + "b".repeat(1000)))
                .isInstanceOfSatisfying(
                        ImageUser.Named.class,
                        name -> assertThat(name.name()).startsWith("a\\u0007b").hasSize(64));
    }

    @Test
    void readsWhereVolumesCanBeMounted() throws RegistryException {
        Map<String, Object> volumes = new TreeMap<>();
        for (String path : new String[] {
            "/data",
            "/data/",
            "//var/./lib//db",
            "/",
            "relative",
            "/dev",
            "/dev/shm",
            "/proc",
            "/proc/self",
            "/sys/fs",
            "/system",
            "/a/../b",
            "/with:colon",
            "/with\nline",
            "/with\u202eoverride"
        }) {
            volumes.put(path, Map.of());
        }

        assertThat(read(Map.of("Volumes", volumes)).volumes())
                .containsExactly("/data", "/dev/shm", "/system", "/var/lib/db");
    }

    @Test
    void readsABoundedNumberOfVolumesAndPorts() throws RegistryException {
        Map<String, Object> volumes = new TreeMap<>();
        Map<String, Object> ports = new TreeMap<>();
        for (int i = 1; i < 1000; i++) {
            volumes.put("/data/" + i, Map.of());
            ports.put(i + "/tcp", Map.of());
        }

        ImageConfiguration read = read(Map.of("Volumes", volumes, "ExposedPorts", ports));

        assertThat(read.volumes()).hasSize(32);
        assertThat(read.ports()).hasSize(256);
    }

    @Test
    void readsTcpPorts() throws RegistryException {
        Map<String, Object> ports = new TreeMap<>();
        for (String port :
                new String[] {"80/tcp", "8080", "53/udp", "0/tcp", "65536/tcp", "65535/tcp", "99999999999", "x", "-1"
                }) {
            ports.put(port, Map.of());
        }

        assertThat(read(Map.of("ExposedPorts", ports)).ports()).containsExactly(80, 8080, 65535);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"config\":null}", "{\"config\":{\"User\":null,\"Volumes\":null,\"ExposedPorts\":[]}}"})
    void readsNothingAsRootWithoutVolumesAndPorts(String text) throws RegistryException {
        ImageConfiguration read = ImageConfiguration.read(bytes(text));

        assertThat(read.user()).isEqualTo(new ImageUser.Root());
        assertThat(read.volumes()).isEmpty();
        assertThat(read.ports()).isEmpty();
    }

    @Test
    void refusesWhatIsNoJson() {
        assertThatThrownBy(() -> ImageConfiguration.read(bytes("no")))
                .isInstanceOf(RegistryException.class)
                .hasMessage("the configuration is no valid JSON");
    }
}
