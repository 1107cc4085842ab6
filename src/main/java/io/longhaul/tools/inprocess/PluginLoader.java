package io.longhaul.tools.inprocess;

import java.net.URL;
import java.net.URLClassLoader;

/**
 * Loads the classes of one plug-in. Of ours it sees what tools are made with, {@code io.longhaul.tools.spi} and Jackson,
 * and nothing else, so that neither side's libraries get in the other's way.
 */
final class PluginLoader extends URLClassLoader {
    PluginLoader(String name, URL[] jars) {
        super(name, jars, new Shared(PluginLoader.class.getClassLoader()));
    }

    /** The door between a plug-in and us. */
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
