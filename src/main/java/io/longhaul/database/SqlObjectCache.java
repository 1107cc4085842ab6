package io.longhaul.database;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.config.ConfigCustomizer;
import org.jdbi.v3.core.extension.ConfigCustomizerFactory;
import org.jdbi.v3.core.extension.Extensions;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.jdbi.v3.sqlobject.SqlObjectFactory;

/**
 * Makes JDBI read each SQL interface once. Otherwise it keeps its knowledge of an attached interface only with the
 * handle, and reading takes milliseconds, more than the statements themselves. Install it after the SQL object plugin.
 */
public final class SqlObjectCache implements JdbiPlugin {
    @Override
    public void customizeJdbi(Jdbi jdbi) {
        Extensions all = jdbi.getConfig(Extensions.class);
        all.findFactory(SqlObjectFactory.class)
                .ifPresent(factory ->
                        all.registerConfigCustomizerFactory(new Reader(type -> all.findMetadata(type, factory))));
    }

    /** JDBI asks for customizers whenever it reads an interface. This class uses that moment and adds none. */
    private static final class Reader implements ConfigCustomizerFactory {
        private final Set<Class<?>> read = ConcurrentHashMap.newKeySet();
        private final Consumer<Class<?>> keep;

        Reader(Consumer<Class<?>> keep) {
            this.keep = keep;
        }

        @Override
        public Collection<ConfigCustomizer> forExtensionType(Class<?> type) {
            if (read.add(type)) {
                keep.accept(type);
            }
            return List.of();
        }
    }
}
