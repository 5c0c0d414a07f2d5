package dev.bulkhead.versus;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Bulkhead with its built-in policy; ready when it says so, after it has warmed itself up. */
record BulkheadStarter(Programs programs, List<String> command, String what) implements Starter {
    @Override
    public String name() {
        return "Bulkhead";
    }

    @Override
    public Started start() throws IOException {
        int port = Programs.freePort();
        int management = Programs.freePort();
        List<String> serve = new ArrayList<>(command);
        serve.addAll(List.of("serve", "--port", "" + port, "--management-port", "" + management));
        Process process = programs.start(name(), serve);
        HttpClient client = Http.client();
        HttpRequest ready = HttpRequest.newBuilder(URI.create("http://localhost:" + management + "/q/health/ready"))
                .timeout(Http.PATIENCE)
                .build();
        programs.await(
                name(), process, () -> Http.send(client, ready).statusCode() == 200);
        String url = "https://localhost:" + port;
        return new Started(
                process,
                new Webhook(
                        name(),
                        version(),
                        URI.create(url + "/validate/restricted"),
                        Optional.of(URI.create(url + "/mutate")),
                        Optional.of(process.pid())));
    }

    /** The same with one more option of Java. */
    BulkheadStarter with(String option) {
        List<String> more = new ArrayList<>(command);
        more.add(1, option);
        return new BulkheadStarter(programs, more, what);
    }

    /** Its version, that of Java below it, and how it was packaged. */
    String version() throws IOException {
        List<String> version = new ArrayList<>(command);
        version.add("--version");
        String java = Programs.output(List.of(command.get(0), "-version"));
        return Programs.output(version).replaceFirst("(?s)\n.*", "") + " (" + what + "; "
                + java.replaceFirst("(?s)^[^\"]*\"([^\"]*)\".*", "Java $1") + ")";
    }
}
