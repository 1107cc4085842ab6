package io.longhaul.console;

/** The parts of the console, in the order of the navigation. */
public enum Section {
    OVERVIEW("Overview", Paths.ROOT, "gauge", 'o'),
    JOBS("Jobs", Paths.JOBS, "list", 'j'),
    FAILURES("Failures", Paths.FAILURES, "circle-x", 'f'),
    OPERATIONS("Operations", Paths.OPERATIONS, "layers", 'p'),
    TOOLS("Tools", Paths.TOOLS, "wrench", 't'),
    SCHEDULES("Schedules", Paths.SCHEDULES, "calendar-clock", 'c'),
    NODES("Nodes", Paths.NODES, "server", 'n'),
    SCHEMA("Schema", Paths.SCHEMA, "database", 's'),
    AUDIT("Audit", Paths.AUDIT, "shield", 'a');

    private final String title;
    private final String path;
    private final String icon;
    private final char key;

    Section(String title, String path, String icon, char key) {
        this.title = title;
        this.path = path;
        this.icon = icon;
        this.key = key;
    }

    public String title() {
        return title;
    }

    public String path() {
        return path;
    }

    /** The log of operators' actions is for administrators. */
    public boolean isFor(Visitor visitor) {
        return this == AUDIT ? visitor.mayAdminister() : visitor.mayRead();
    }

    /** Its symbol in the sprite. */
    public String icon() {
        return icon;
    }

    /** Pressed after {@code g}, it leads here. */
    public char key() {
        return key;
    }
}
