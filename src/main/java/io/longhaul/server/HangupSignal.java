package io.longhaul.server;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/** The signal HUP, by which services are told to read their configuration again. */
final class HangupSignal {
    private HangupSignal() {}

    /**
     * Does something at each signal, instead of ending the process.
     *
     * @return false where the JVM does not hand it on (Windows, -Xrs)
     */
    static boolean on(Runnable action) {
        // By name: the class is in every JVM there is, but no part of the platform that one may compile against.
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, calling(action));
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), ours);
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    private static InvocationHandler calling(Runnable action) {
        return (proxy, method, arguments) -> switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            case "toString" -> "HangUp";
            default -> {
                new Thread(action, "hang-up").start();
                yield null;
            }
        };
    }
}
