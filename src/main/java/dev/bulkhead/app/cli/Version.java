package dev.bulkhead.app.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** What this program is, as it is built. */
final class Version implements IVersionProvider {
    /** The version, or that there is none when it runs without being packaged. */
    static String current() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("unpackaged");
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "bulkhead " + current(), "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name")
        };
    }
}
