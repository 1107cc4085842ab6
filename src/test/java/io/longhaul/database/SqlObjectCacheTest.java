package io.longhaul.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.TestDatabase;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.config.ConfigCustomizer;
import org.jdbi.v3.core.extension.ConfigCustomizerFactory;
import org.jdbi.v3.core.extension.Extensions;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SqlObjectCacheTest {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.empty();

    /** Two interfaces, to show that each is read. */
    interface One {
        @SqlQuery("SELECT 1")
        int one();
    }

    interface Two {
        @SqlQuery("SELECT 2")
        int two();
    }

    private final AtomicInteger readings = new AtomicInteger();

    private Jdbi jdbi() {
        Jdbi jdbi = Jdbi.create(DATABASE.dataSource()).installPlugin(new SqlObjectPlugin());
        jdbi.getConfig(Extensions.class).registerConfigCustomizerFactory(new ConfigCustomizerFactory() {
            @Override
            public Collection<ConfigCustomizer> forExtensionType(Class<?> type) {
                readings.incrementAndGet();
                return List.of();
            }
        });
        return jdbi;
    }

    private int readingsOfThree(Jdbi jdbi) {
        jdbi.useHandle(handle -> {
            assertThat(handle.attach(One.class).one()).isEqualTo(1);
            assertThat(handle.attach(Two.class).two()).isEqualTo(2);
        });
        int first = readings.get();
        for (int i = 0; i < 3; i++) {
            jdbi.useHandle(handle -> {
                assertThat(handle.attach(One.class).one()).isEqualTo(1);
                assertThat(handle.attach(Two.class).two()).isEqualTo(2);
            });
        }
        return readings.get() - first;
    }

    @Test
    void aLaterHandleDoesNotReadThemAgain() {
        assertThat(readingsOfThree(jdbi())).as("without it").isPositive();
        assertThat(readingsOfThree(jdbi().installPlugin(new SqlObjectCache()))).isZero();
    }
}
