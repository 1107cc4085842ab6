package io.longhaul.api.backpressure;

import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * Keeps the connections of requests that wait for their turn: it is the server that has nothing to send, and not the client
 * that is gone. Jetty's servlets would have them closed after the idle timeout, without an answer.
 */
final class PatientConnections extends Handler.Wrapper {
    private PatientConnections() {}

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        return super.handle(new Patient(request), response, callback);
    }

    /**
     * A timeout closes the connection if a listener says so, or if there is none. That of the servlets says so until the
     * request has its turn, and never afterwards. Reads and writes that take too long fail without being asked about.
     */
    private static final class Patient extends Request.Wrapper {
        Patient(Request request) {
            super(request);
        }

        @Override
        public void addIdleTimeoutListener(Predicate<TimeoutException> closes) {
            super.addIdleTimeoutListener(timeout -> false);
        }
    }

    /** Stands outside the servlets' context, which adds its listener before its first handler sees the request. */
    static final class Install implements LifeCycle.Listener {
        @Override
        public void lifeCycleStarting(LifeCycle starting) {
            if (starting instanceof Server server) {
                server.insertHandler(new PatientConnections());
            }
        }
    }
}
