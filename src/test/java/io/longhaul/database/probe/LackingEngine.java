package io.longhaul.database.probe;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.UnaryOperator;

/** A PostgreSQL that lacks something: its statements are changed on the way, or its rollbacks commit. */
final class LackingEngine implements EngineProbe.Connections {
    private final EngineProbe.Connections real;
    private final UnaryOperator<String> statements;
    private final boolean rollsBack;

    private LackingEngine(EngineProbe.Connections real, UnaryOperator<String> statements, boolean rollsBack) {
        this.real = real;
        this.statements = statements;
        this.rollsBack = rollsBack;
    }

    static LackingEngine changing(EngineProbe.Connections real, String pattern, String replacement) {
        return new LackingEngine(real, sql -> sql.replaceAll("(?i)" + pattern, replacement), true);
    }

    static LackingEngine committingRollbacks(EngineProbe.Connections real) {
        return new LackingEngine(real, UnaryOperator.identity(), false);
    }

    @Override
    public Connection open() throws SQLException {
        Connection connection = real.open();
        return wrap(Connection.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "createStatement" -> wrap(Statement.class, changing(connection.createStatement()));
            case "rollback" -> {
                if (rollsBack) {
                    connection.rollback();
                } else {
                    connection.commit();
                }
                yield null;
            }
            default -> call(connection, method, arguments);
        });
    }

    private InvocationHandler changing(Statement statement) {
        return (proxy, method, arguments) -> {
            if (arguments != null && arguments.length == 1 && arguments[0] instanceof String sql) {
                return call(statement, method, new Object[] {statements.apply(sql)});
            }
            return call(statement, method, arguments);
        };
    }

    static <T> T wrap(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    static Object call(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
