package io.longhaul.tools;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Services of the server that its tools share. Created before the tools, and completed when the server starts. */
public final class ToolContext {
    private final List<ClassLoader> plugins;
    private final List<LiveTools> live = new CopyOnWriteArrayList<>();
    private final List<String> remarks = new CopyOnWriteArrayList<>();
    private final Set<String> named = new HashSet<>();
    private volatile Callbacks callbacks;
    private volatile Folders folders;
    private volatile Checkpoints checkpoints = Checkpoints.NONE;

    /** Creates a context with class loaders of plug-ins, which are searched besides the class path. */
    public ToolContext(List<ClassLoader> plugins) {
        this.plugins = List.copyOf(plugins);
    }

    public ToolContext() {
        this(List.of());
    }

    public List<ClassLoader> plugins() {
        return plugins;
    }

    /** Notes that a tool of the class path or of a plug-in has an entry of its own. */
    public void named(String tool) {
        named.add(tool);
    }

    /** Names of the tools of the class path and of plug-ins that have entries of their own. */
    public Set<String> named() {
        return Set.copyOf(named);
    }

    /** Tools that are found only while the server runs, in the order of the configuration. */
    public List<LiveTools> live() {
        return List.copyOf(live);
    }

    /** A new context with the same plug-ins and services, for reading the tools again. */
    public ToolContext again() {
        ToolContext again = new ToolContext(plugins);
        again.callbacks = callbacks;
        again.folders = folders;
        again.checkpoints = checkpoints;
        return again;
    }

    /**
     * Takes over the sources that were added to a configuration that was read again. Sources that were removed from it
     * stay.
     *
     * @return the new sources; to be started
     */
    public List<LiveTools> adopt(ToolContext again) {
        List<String> known = live.stream().map(LiveTools::origin).toList();
        List<LiveTools> added = again.live.stream()
                .filter(tools -> !known.contains(tools.origin()))
                .toList();
        live.addAll(added);
        return added;
    }

    /** Remarks on what tools lack on this machine, each with its file, in the order of the configuration. */
    public List<String> remarks() {
        return List.copyOf(remarks);
    }

    public void remark(String remark) {
        remarks.add(remark);
    }

    public void add(LiveTools tools) {
        live.add(tools);
    }

    public void useCallbacks(Callbacks used) {
        callbacks = used;
    }

    public void useFolders(Folders used) {
        folders = used;
    }

    public void useCheckpoints(Checkpoints used) {
        checkpoints = used;
    }

    /** Checkpoints of calls; keeps nothing while a configuration is only checked. */
    public Checkpoints checkpoints() {
        return checkpoints;
    }

    /**
     * Folders of calls.
     *
     * @throws IllegalStateException if this server has none, as while a configuration is only checked
     */
    public Folders folders() {
        if (folders == null) {
            throw new IllegalStateException("This server keeps no files.");
        }
        return folders;
    }

    /**
     * Callback addresses.
     *
     * @throws IllegalStateException if this server has none, as while a configuration is only checked
     */
    public Callbacks callbacks() {
        if (callbacks == null) {
            throw new IllegalStateException("This server cannot be called back.");
        }
        return callbacks;
    }
}
