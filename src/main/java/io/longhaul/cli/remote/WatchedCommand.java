package io.longhaul.cli.remote;

import picocli.CommandLine.Mixin;

/** A command without actions of its own that shows something, again and again if that is wanted. */
abstract class WatchedCommand extends OneCommand {
    @Mixin
    Watching watching;

    WatchedCommand(Shell shell) {
        super(shell);
    }
}
