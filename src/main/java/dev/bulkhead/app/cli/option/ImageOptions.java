package dev.bulkhead.app.cli.option;

import dev.bulkhead.app.cli.output.Progress;
import dev.bulkhead.app.registry.RegistryImages;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.text.SafeText;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option to ask registries about images. */
public final class ImageOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--images",
            description = "Asks the registries of the images as whom these run, with the credentials of docker login."
                    + " An image that cannot be asked about is evaluated as without this option.")
    private boolean asks;

    /**
     * What the registries know of the images, if they are to be asked. Says which of them told nothing.
     *
     * @param images all that may be looked up
     */
    public ImageLookup lookup(CliEnvironment environment, Supplier<List<ImageReference>> images) {
        if (!asks) {
            return ImageLookup.NONE;
        }
        List<ImageReference> all = images.get();
        PrintWriter err = spec.commandLine().getErr();
        RegistryImages answers;
        if (environment.isTerminal(StandardStream.ERR)) {
            try (Progress progress = new Progress(err, environment.clock(), "asked about image", all.size())) {
                answers = RegistryImages.ask(all, environment.environment(), progress::reached);
            }
        } else {
            answers = RegistryImages.ask(all, environment.environment(), count -> {});
        }
        for (RegistryImages.Unanswered one : answers.unanswered()) {
            err.println(SafeText.line("no answer about image " + one.image() + ": " + one.reason()));
        }
        return answers;
    }
}
