package io.longhaul.database;

import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.config.JdbiConfig;

/** JDBI setting: true if connections are so scarce that none should be kept between two uses. */
public final class KeptConnections implements JdbiConfig<KeptConnections> {
    private BooleanSupplier areShort = () -> false;

    public KeptConnections() {}

    /** Sets the test, which must answer at once. */
    public void areShortWhen(BooleanSupplier areShort) {
        this.areShort = areShort;
    }

    boolean areShort() {
        return areShort.getAsBoolean();
    }

    @Override
    public KeptConnections createCopy() {
        KeptConnections copy = new KeptConnections();
        copy.areShort = areShort;
        return copy;
    }
}
