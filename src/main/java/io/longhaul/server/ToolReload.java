package io.longhaul.server;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import io.longhaul.admin.ReloadToolsTask;
import io.longhaul.tools.LiveTools;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the tools that connect to other servers, and reads the configured tools again while the server runs. A
 * mistake in the configuration changes nothing. Running jobs end with the tool they started with; jobs of a removed
 * tool wait.
 */
public final class ToolReload implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul");

    private final Reader reader;
    private final ToolRegistry registry;
    private final ToolContext toolContext;
    private final boolean bySignal;
    private Runnable changed = () -> {};

    public interface Reader {
        List<RegisteredTool> read(ToolContext again) throws Exception;
    }

    /** Reloads on SIGHUP if the configuration is a file: a server without one should end with its terminal. */
    public ToolReload(Reader reader, ToolRegistry registry, ToolContext toolContext, boolean bySignal) {
        this.bySignal = bySignal;
        this.reader = reader;
        this.registry = registry;
        this.toolContext = toolContext;
    }

    /** Starts and stops with the node; calls the listener after each change of the tools. */
    void manage(Environment environment, Runnable listener) {
        changed = listener;
        environment.lifecycle().manage(this);
        ReloadToolsTask.install(environment, this::tried);
    }

    @Override
    public void start() {
        toolContext.live().forEach(live -> live.start(registry, changed));
        toolContext.remarks().forEach(remark -> LOG.warn("{}", remark));
        if (bySignal) {
            HangupSignal.on(this::onSignal);
        }
    }

    @Override
    public void stop() {
        toolContext.live().forEach(LiveTools::stop);
    }

    /** Reads the tools again, and returns the changes in words. */
    synchronized String reload() throws Exception {
        ToolContext again = toolContext.again();
        List<RegisteredTool> tools = reader.read(again);
        Set<String> before = Set.copyOf(registry.names());
        registry.reconfigure(tools);
        List<LiveTools> added = toolContext.adopt(again);
        added.forEach(live -> live.start(registry, changed));
        changed.run();
        String said = "Tools were read again: " + registry.names().size() + " in all"
                + named("new", without(registry.names(), before))
                + named("gone, whose jobs wait", without(before, registry.names())) + "."
                + (toolContext.live().isEmpty()
                        ? ""
                        : " MCP servers that run already stay as they are until this server starts anew.");
        LOG.info("{}", said);
        again.remarks().forEach(remark -> LOG.warn("{}", remark));
        return again.remarks().isEmpty() ? said : said + "\n" + String.join("\n", again.remarks());
    }

    /** The changes, or the mistakes in the configuration. The log has both, because nobody waits for the answer to a signal. */
    private ReloadToolsTask.Outcome tried() throws Exception {
        try {
            return new ReloadToolsTask.Outcome(true, reload());
        } catch (ToolConfigurationException | ConfigurationException | IOException e) {
            String said = "The tools stay as they are. " + e.getMessage();
            LOG.warn("{}", said);
            return new ReloadToolsTask.Outcome(false, said);
        }
    }

    private void onSignal() {
        try {
            var unused = tried();
        } catch (Exception e) {
            LOG.error("The tools stay as they are", e);
        }
    }

    private static Collection<String> without(Collection<String> all, Collection<String> some) {
        return all.stream().filter(one -> !some.contains(one)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String named(String what, Collection<String> names) {
        return names.isEmpty() ? "" : "; " + what + ": " + String.join(", ", names);
    }

    /** The signal HUP, which tells services to read their configuration again. */
    private static final class HangupSignal {
        private HangupSignal() {}

        /**
         * Runs the action at each signal, instead of ending the process. Returns false if the JVM does not
         * pass the signal on (Windows, -Xrs).
         */
        static boolean on(Runnable action) {
            // By name: every JVM has the class, but it is not part of the platform, so code cannot compile against
            // it.
            try {
                Class<?> signal = Class.forName("sun.misc.Signal");
                Class<?> handler = Class.forName("sun.misc.SignalHandler");
                Object ours =
                        Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, calling(action));
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), ours);
                return true;
            } catch (ReflectiveOperationException e) {
                return false;
            }
        }

        private static InvocationHandler calling(Runnable action) {
            return (proxy, method, arguments) -> switch (method.getName()) {
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == arguments[0];
                case "toString" -> "HangUp";
                default -> {
                    new Thread(action, "hang-up").start();
                    yield null;
                }
            };
        }
    }
}
