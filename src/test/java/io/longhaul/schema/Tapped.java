package io.longhaul.schema;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A source of connections that reports each statement and each commit to a test. */
final class Tapped {
    private Tapped() {}

    /** Called on the working thread, in the middle of the work. */
    interface Tap {
        /** A statement was executed. */
        default void executed(String sql) throws SQLException {}

        /** A transaction is about to be committed on this connection. */
        default void committing(Connection connection) throws SQLException {}
    }

    static DataSource source(DataSource source, Tap tap) {
        return proxy(
                DataSource.class,
                source,
                (name, result, args) -> result instanceof Connection c ? connection(c, tap) : result);
    }

    private static Connection connection(Connection real, Tap tap) {
        return (Connection) Proxy.newProxyInstance(
                Tapped.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (method.getName().equals("commit")) {
                        tap.committing(real);
                    }
                    Object result = invoke(() -> method.invoke(real, args));
                    boolean plain = result instanceof Statement && !(result instanceof PreparedStatement);
                    return plain ? statement((Statement) result, tap) : result;
                });
    }

    /** Liquibase runs the SQL of changesets as plain statements. */
    private static Statement statement(Statement real, Tap tap) {
        return proxy(Statement.class, real, (name, result, args) -> {
            if (name.startsWith("execute") && args != null) {
                tap.executed(String.valueOf(args[0]));
            }
            return result;
        });
    }

    private interface After {
        Object then(String method, Object result, Object[] args) throws SQLException;
    }

    private interface Call {
        Object make() throws Exception;
    }

    private static <T> T proxy(Class<T> type, T real, After after) {
        return type.cast(Proxy.newProxyInstance(
                Tapped.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, args) -> after.then(method.getName(), invoke(() -> method.invoke(real, args)), args)));
    }

    private static Object invoke(Call call) throws Throwable {
        try {
            return call.make();
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
