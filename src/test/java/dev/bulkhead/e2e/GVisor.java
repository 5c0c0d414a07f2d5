package dev.bulkhead.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * gVisor's runtime and its containerd shim.
 *
 * @param programs the directory of both
 */
record GVisor(Path programs) {
    /** The one that was built on this machine, see e2e/sandbox; where there is none, the test is skipped. */
    static GVisor installed() {
        Run found = Processes.run(Map.of(), "", Path.of("e2e", "sandbox").toString(), "--if-built");
        if (found.exitCode() != 0) {
            System.err.println("Skipped: there is no gVisor on this machine, e2e/sandbox builds it.");
        }
        assumeTrue(found.exitCode() == 0, "no gVisor on this machine");
        return new GVisor(Path.of(found.out().strip()));
    }

    /** The part of containerd's configuration that makes it the handler {@code runsc}; its files go to that directory. */
    String handler(Path directory) throws IOException {
        Path configuration = Files.writeString(directory.resolve("runsc.toml"), """
                binary_name = "%s/runsc"
                [runsc_config]
                platform = "systrap"
                """.formatted(programs));
        return """
                [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runsc]
                runtime_type = "io.containerd.runsc.v1"
                runtime_path = "%s"
                [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runsc.options]
                TypeUrl = "io.containerd.runsc.v1.options"
                ConfigPath = "%s"
                """.formatted(shim(directory), configuration);
    }

    /**
     * The shim sets its OOM score to -999, and ends if it cannot, except in a user namespace. Without CAP_SYS_RESOURCE, as
     * in many a sandbox, it is made to believe that it is in one.
     */
    private Path shim(Path directory) throws IOException {
        Path shim = Files.writeString(directory.resolve("containerd-shim-runsc-v1"), """
                #!/bin/sh
                if ! (echo -999 > /proc/self/oom_score_adj) 2> /dev/null; then
                    echo "0 0 4294967294" > /run/uid_map.$$
                    mount --bind /run/uid_map.$$ /proc/$$/uid_map
                fi
                exec %s/containerd-shim-runsc-v1 "$@"
                """.formatted(programs));
        return Files.setPosixFilePermissions(shim, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
