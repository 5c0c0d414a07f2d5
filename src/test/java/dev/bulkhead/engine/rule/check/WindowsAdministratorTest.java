package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowsAdministratorTest {
    private static Trial pod(String user) {
        return Trial.of(
                new WindowsAdministrator(),
                "{os:{name:'windows'},securityContext:{runAsNonRoot:true,windowsOptions:{runAsUserName:'" + user
                        + "'}},containers:[{name:'app'}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ContainerAdministrator",
                "containeradministrator",
                "CONTAINERADMINISTRATOR",
                "User Manager\\\\ContainerAdministrator",
                "NT AUTHORITY\\\\SYSTEM",
                "nt authority\\\\system",
                "SYSTEM",
                "LocalSystem",
                "Administrator",
                "BUILTIN\\\\Administrators",
                "CONTOSO\\\\Administrator",
                "S-1-5-18",
                "s-1-5-93-2-1",
                "S-1-5-21-1-2-3-500",
                "ContainerAdministrator "
            })
    void findsAdministratorsByAnyName(String user) {
        assertThat(pod(user).places()).containsExactly("/spec/securityContext/windowsOptions/runAsUserName");
        assertThat(pod(user).finding().remedy().text()).contains("ContainerUser");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ContainerUser",
                "NT AUTHORITY\\\\NetworkService",
                "NT AUTHORITY\\\\LocalService",
                "SystemReader",
                "CONTOSO\\\\svc-web",
                "S-1-5-93-2-2",
                "S-1-5-21-1-2-3-1500"
            })
    void sparesOthers(String user) {
        assertThat(pod(user).findings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"initContainers", "containers", "ephemeralContainers"})
    void looksAtContainersOfEveryKindWhateverThePodSays(String list) {
        Trial trial = Trial.of(
                new WindowsAdministrator(),
                "{securityContext:{windowsOptions:{runAsUserName:'ContainerUser'}}," + list
                        + ":[{name:'a'},{name:'b',securityContext:{windowsOptions:{runAsUserName:'SYSTEM'}}}]}");

        assertThat(trial.places()).containsExactly("/spec/" + list + "/1/securityContext/windowsOptions/runAsUserName");
    }

    @Test
    void takesForRootWhatTheKubeletTakesForRoot() {
        assertThat(WindowsAdministrator.isRootToKubelet(Optional.of("containerADMINISTRATOR")))
                .isTrue();
        assertThat(WindowsAdministrator.isRootToKubelet(Optional.of("NT AUTHORITY\\SYSTEM")))
                .isFalse();
        assertThat(WindowsAdministrator.isRootToKubelet(Optional.empty())).isFalse();
    }
}
