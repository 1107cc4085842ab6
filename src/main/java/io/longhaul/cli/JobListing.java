package io.longhaul.cli;

import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** {@code job} in the list of commands; {@link JobCommand} is run before there is such a list. */
public final class JobListing extends Command {
    /** The entry, to be added to the bootstrap. */
    public JobListing() {
        super("job", "Submits jobs to a server and looks after them: see job --help.");
    }

    @Override
    public void configure(Subparser parser) {
        // Its words are read by JobCommand.
    }

    @Override
    public void run(Bootstrap<?> bootstrap, Namespace arguments) {
        throw new IllegalStateException("job is run without Dropwizard");
    }
}
