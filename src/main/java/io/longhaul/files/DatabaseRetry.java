package io.longhaul.files;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.tools.CallFailure;
import io.longhaul.tools.spi.ToolCall;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Repeats database work of a call while the database is away, so that an outage ends no call. */
final class DatabaseRetry {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.files");
    private static final long PAUSE_MILLIS = 500;

    private DatabaseRetry() {}

    /** Work that can be repeated. */
    interface Work<T> {
        T run() throws IOException, CallFailure, FileTooLargeException;
    }

    /** Runs the work until the database has answered, or the call is to end early. */
    static <T> T with(ToolCall call, Work<T> work)
            throws IOException, CallFailure, FileTooLargeException, InterruptedException {
        while (true) {
            checkGoesOn(call);
            try {
                return work.run();
            } catch (JdbiException e) {
                if (DatabaseFault.of(e).refuses()) {
                    throw e;
                }
                LOG.debug("The database does not take or give files", e);
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
    }

    /** Throws if the call is to end early. */
    static void checkGoesOn(ToolCall call) throws InterruptedException {
        if (call.isCancelled() || Thread.currentThread().isInterrupted()) {
            throw new InterruptedException("the call is to end early");
        }
    }
}
