package io.longhaul.files;

import io.longhaul.faults.DatabaseFault;
import io.longhaul.tools.CallFailure;
import io.longhaul.tools.spi.ToolCall;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work of a call with the database: one that is away for a while ends no call. */
final class DatabaseRetry {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.files");
    private static final long PAUSE_MILLIS = 500;

    private DatabaseRetry() {}

    /** Something that can be done again. */
    interface Work<T> {
        T run() throws IOException, CallFailure, FileTooLargeException;
    }

    /** Does it until the database has answered, or the call is to end early. */
    static <T> T with(ToolCall call, Work<T> work)
            throws IOException, CallFailure, FileTooLargeException, InterruptedException {
        while (true) {
            if (call.isCancelled() || Thread.currentThread().isInterrupted()) {
                throw new InterruptedException("the call is to end early");
            }
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
}
