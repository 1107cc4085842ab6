package io.longhaul.tools;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the tools of a server share with it. Made before them, and completed when the server starts. */
public final class ToolContext {
    private final List<ClassLoader> plugins;
    private final List<LiveTools> live = new CopyOnWriteArrayList<>();
    private final List<String> remarks = new CopyOnWriteArrayList<>();
    private final Set<String> named = new HashSet<>();
    private volatile Callbacks callbacks;
    private volatile Folders folders;
    private volatile Checkpoints checkpoints = Checkpoints.NONE;

    /**
     * With plug-ins.
     *
     * @param plugins where classes of tools are looked for besides the class path
     */
    public ToolContext(List<ClassLoader> plugins) {
        this.plugins = List.copyOf(plugins);
    }

    /** Without plug-ins. */
    public ToolContext() {
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
     * Notes that a tool of the class path or of a plug-in has an entry of its own.
     *
     * @param tool its name
     */
    public void named(String tool) {
        named.add(tool);
    }

    /**
     * Tools of the class path and of plug-ins that have entries of their own.
     *
     * @return their names
     */
    public Set<String> named() {
        return Set.copyOf(named);
    }

    /**
     * Tools that are found only while the server runs.
     *
     * @return in the order of the configuration
     */
    public List<LiveTools> live() {
        return List.copyOf(live);
    }

    /**
     * The same for tools that are read again.
     *
     * @return with the same plug-ins, called back and kept as before, and nothing else
     */
    public ToolContext again() {
        ToolContext again = new ToolContext(plugins);
        again.callbacks = callbacks;
        again.folders = folders;
        again.checkpoints = checkpoints;
        return again;
    }

    /**
     * Takes over what was added to a configuration that was read again. What has gone from it stays.
     *
     * @param again what was read
     * @return the tools that are new; to be started
     */
    public List<LiveTools> adopt(ToolContext again) {
        List<String> known = live.stream().map(LiveTools::origin).toList();
        List<LiveTools> added = again.live.stream()
                .filter(tools -> !known.contains(tools.origin()))
                .toList();
        live.addAll(added);
        return added;
    }

    /**
     * What the tools miss on this machine.
     *
     * @return lines with the file, in the order of the configuration
     */
    public List<String> remarks() {
        return List.copyOf(remarks);
    }

    void remark(String remark) {
        remarks.add(remark);
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
     * Lets calls have folders.
     *
     * @param connected opens them
     */
    public void open(Folders connected) {
        folders = connected;
    }

    /**
     * Lets calls keep how work is found again that they handed to somebody outside.
     *
     * @param connected keeps it
     */
    public void keep(Checkpoints connected) {
        checkpoints = connected;
    }

    /**
     * Where calls keep how work is found again that they handed to somebody outside.
     *
     * @return keeps nothing in a server without a place for it, as while a configuration is only checked
     */
    public Checkpoints checkpoints() {
        return checkpoints;
    }

    /**
     * How calls get folders of their own.
     *
     * @return opens them
     * @throws IllegalStateException if this server has none, as while a configuration is only checked
     */
    public Folders folders() {
        if (folders == null) {
            throw new IllegalStateException("This server keeps no files.");
        }
        return folders;
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
