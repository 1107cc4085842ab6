package io.longhaul.database.probe;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A pooler in transaction mode within this JVM: each transaction, and each statement outside one, gets the session that
 * was given back last.
 */
final class TransactionPooler implements EngineProbe.Connections, AutoCloseable {
    private final Deque<Connection> idle = new ArrayDeque<>();
    private int disturbed;

    TransactionPooler(EngineProbe.Connections real) throws SQLException {
        idle.push(real.open());
        idle.push(real.open());
    }

    /** Lets other clients take the session given back last before so many transactions can. */
    void disturb(int transactions) {
        disturbed = transactions;
    }

    @Override
    public Connection open() {
        Client client = new Client();
        return LackingEngine.wrap(Connection.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "close" -> client.end(false);
            case "setAutoCommit" -> client.setAutoCommit((Boolean) arguments[0]);
            case "rollback", "commit" -> client.end(method.getName().equals("commit"));
            default -> LackingEngine.call(client.session(), method, arguments);
        });
    }

    /** A connection as its client sees it. */
    private final class Client {
        private Connection held;
        private boolean inTransaction;

        Void setAutoCommit(boolean on) throws SQLException {
            if (on) {
                end(true);
            }
            inTransaction = !on;
            return null;
        }

        Void end(boolean commit) throws SQLException {
            if (held != null) {
                if (commit) {
                    held.commit();
                } else {
                    held.rollback();
                }
                held.setAutoCommit(true);
                idle.push(held);
                held = null;
            }
            return null;
        }

        Connection session() throws SQLException {
            if (!inTransaction) {
                return idle.getFirst();
            }
            if (held == null) {
                held = disturbed-- > 0 ? idle.removeLast() : idle.pop();
                held.setAutoCommit(false);
            }
            return held;
        }
    }

    @Override
    public void close() throws SQLException {
        for (Connection session : idle) {
            session.close();
        }
    }
}
