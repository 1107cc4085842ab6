package io.longhaul.jobs.intake;

import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.config.JdbiConfig;

/** Whether connections are so short that nobody should keep one between two uses. */
public final class KeptConnections implements JdbiConfig<KeptConnections> {
    private BooleanSupplier areShort = () -> false;

    /** For JDBI. */
    public KeptConnections() {}

    /**
     * Sets whom to ask.
     *
     * @param areShort must answer at once
     */
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
