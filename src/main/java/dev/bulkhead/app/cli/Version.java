package dev.bulkhead.app.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version of this build. */
final class Version implements IVersionProvider {
    /** The version, or a placeholder when the program is not packaged. */
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
