package io.longhaul;

/** Starts Longhaul. */
public final class App {
    private App() {}

    /**
     * Runs one command.
     *
     * @param args the command and its arguments
     */
    public static void main(String[] args) {
        System.out.println("longhaul");
    }
}
