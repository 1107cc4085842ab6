package io.longhaul.tools.inprocess;

import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** A jar with tools, or a folder of jars that belong together. */
record Plugin(Path path, Loader loader) {
    private static final String SERVICES = "META-INF/services/" + Tool.class.getName();

    static Plugin of(Path path) {
        URL[] jars = jars(path).stream().map(Plugin::url).toArray(URL[]::new);
        return new Plugin(path, new Loader(path.getFileName().toString(), jars));
    }

    static boolean isJar(Path path) {
        return path.getFileName().toString().endsWith(".jar") && Files.isRegularFile(path);
    }

    private static List<Path> jars(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(Plugin::isJar).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(path.toString(), e);
        }
    }

    /**
     * New instances of its tools.
     *
     * @throws ToolConfigurationException if it has none, or one cannot be loaded
     */
    List<Tool> tools() {
        if (loader.findResource(SERVICES) == null) {
            throw new ToolConfigurationException(
                    "plug-in %s lists no tools: name their classes, one a line, in its %s".formatted(path, SERVICES));
        }
        List<Tool> tools = new ArrayList<>();
        try {
            ServiceLoader.load(Tool.class, loader).forEach(tool -> tools.add(new PluginTool(tool, tool.description())));
        } catch (ServiceConfigurationError e) {
            throw broken(e.getMessage() + (e.getCause() == null ? "" : ", " + e.getCause()), e);
        } catch (LinkageError | RuntimeException e) {
            throw broken(e.toString(), e);
        }
        return tools;
    }

    private ToolConfigurationException broken(String what, Throwable cause) {
        return new ToolConfigurationException(
                "plug-in %s cannot be loaded (%s): build it against this release, for Java %d or older, and pack what it needs"
                                .formatted(path, what, Runtime.version().feature())
                        + " besides io.longhaul.tools.spi and Jackson into it",
                cause);
    }

    /**
     * Loads the classes of one plug-in. Of the server's classes it sees only those with which tools are made,
     * {@code io.longhaul.tools.spi} and Jackson, so that the libraries of either side do not conflict.
     */
    static final class Loader extends URLClassLoader {
        Loader(String name, URL[] jars) {
            super(name, jars, new Shared(Loader.class.getClassLoader()));
        }

        /** Passes on the classes that plug-in and server share. */
        private static final class Shared extends ClassLoader {
            private static final String[] PACKAGES = {"io.longhaul.tools.spi.", "com.fasterxml.jackson."};

            private final ClassLoader ours;

            Shared(ClassLoader ours) {
                super(ClassLoader.getPlatformClassLoader());
                this.ours = ours;
            }

            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                for (String shared : PACKAGES) {
                    if (name.startsWith(shared)) {
                        return ours.loadClass(name);
                    }
                }
                throw new ClassNotFoundException(name);
            }
        }
    }

    /** A tool of a plug-in; while it runs, the thread's context class loader is the plug-in's, as libraries expect. */
    record PluginTool(Tool tool, ToolDescription description) implements Tool {
        @Override
        public Duration stopTime() {
            return tool.stopTime();
        }

        @Override
        public ToolResult call(ToolCall call) throws Exception {
            Thread thread = Thread.currentThread();
            ClassLoader usual = thread.getContextClassLoader();
            thread.setContextClassLoader(tool.getClass().getClassLoader());
            try {
                return tool.call(call);
            } catch (LinkageError e) {
                throw new IllegalStateException(
                        "The plug-in lacks a class (" + e + "): pack what it needs into its jar.", e);
            } finally {
                thread.setContextClassLoader(usual);
            }
        }
    }
}
