package dev.bulkhead.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program while a debugger holds its event loops, as whatever blocks them would. */
class ExitWatchdogIT {
    private static final Pattern DEBUGGER =
            Pattern.compile("Listening for transport dt_socket at address: (?:\\S+:)?(\\d+)");
    private static final Pattern GATE = Pattern.compile("webhook +https://localhost:(\\d+)/validate,");

    @TempDir
    private Path directory;

    @Test
    void theProcessEndsWhateverItsEventLoopsDo() throws Exception {
        Map<String, String> environment = Map.of(
                "JAVA_TOOL_OPTIONS",
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0",
                "BULKHEAD_ADMISSION_EXIT_TIMEOUT",
                "2s");
        try (Program program =
                Program.start(directory, environment, "serve", "--port", "0", "--management-port", "0")) {
            VirtualMachine machine = attach(program.awaitOutput(DEBUGGER));
            try {
                program.awaitOutput(GATE);
                List<ThreadReference> loops = machine.allThreads().stream()
                        .filter(thread -> thread.name().startsWith("vert.x-eventloop-thread"))
                        .toList();
                assertThat(loops).isNotEmpty();
                loops.forEach(ThreadReference::suspend);

                program.terminate();

                assertThat(program.awaitExit()).isEqualTo(143);
                assertThat(program.err()).contains("bulkhead: stopping took more than 2000 ms");
            } finally {
                dispose(machine);
            }
        }
    }

    private static VirtualMachine attach(String port) throws Exception {
        AttachingConnector connector = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(one -> one.transport().name().equals("dt_socket"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        Map.of("hostname", "127.0.0.1", "port", port)
                .forEach((name, value) ->
                        Optional.ofNullable(arguments.get(name)).orElseThrow().setValue(value));
        return connector.attach(arguments);
    }

    private static void dispose(VirtualMachine machine) {
        try {
            machine.dispose();
        } catch (VMDisconnectedException e) {
            assertThat(e).as("the process has ended").isNotNull();
        }
    }
}
