package io.longhaul.cli.remote;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command without actions of its own. */
abstract class OneCommand implements Callable<Integer> {
    @Mixin
    private Remote remote;

    private final Shell shell;

    OneCommand(Shell shell) {
        this.shell = shell;
    }

    Remote remote() {
        return remote;
    }

    Shell shell() {
        return shell;
    }
}
