package io.longhaul.tools;

import java.util.ArrayList;
import java.util.List;

/** What the tools of a server share with it. Made before them, and completed when the server starts. */
public final class Surroundings {
    private final List<ClassLoader> plugins;
    private final List<LiveTools> live = new ArrayList<>();
    private volatile Callbacks callbacks;

    /**
     * With plug-ins.
     *
     * @param plugins where classes of tools are looked for besides the class path
     */
    public Surroundings(List<ClassLoader> plugins) {
        this.plugins = List.copyOf(plugins);
    }

    /** Without plug-ins. */
    public Surroundings() {
        this(List.of());
    }

    /**
     * Class loaders of plug-ins.
     *
     * @return one per plug-in
     */
    public List<ClassLoader> plugins() {
        return plugins;
    }

    /**
     * Tools that are found only while the server runs.
     *
     * @return in the order of the configuration
     */
    public List<LiveTools> live() {
        return List.copyOf(live);
    }

    /** Adds tools that are found only while the server runs. */
    void add(LiveTools tools) {
        live.add(tools);
    }

    /**
     * Lets tools be called back.
     *
     * @param connected opens addresses
     */
    public void connect(Callbacks connected) {
        callbacks = connected;
    }

    /**
     * How tools are called back.
     *
     * @return opens addresses
     * @throws IllegalStateException if this server has none, as while a configuration is only checked
     */
    public Callbacks callbacks() {
        if (callbacks == null) {
            throw new IllegalStateException("This server cannot be called back.");
        }
        return callbacks;
    }
}
