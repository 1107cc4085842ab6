package io.longhaul.console;

import jakarta.ws.rs.core.UriBuilder;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The addresses of the pages. All begin with one prefix, so that a proxy can open or close them with one rule. */
public final class Paths {
    public static final String ROOT = "/ui";
    public static final String JOBS = ROOT + "/jobs";
    public static final String FAILURES = ROOT + "/failures";
    public static final String TOOLS = ROOT + "/tools";
    public static final String VIEWS = ROOT + "/views";
    public static final String SCHEDULES = ROOT + "/schedules";
    public static final String OPERATIONS = ROOT + "/operations";
    public static final String AUDIT = ROOT + "/audit";
    public static final String NODES = ROOT + "/nodes";
    public static final String SCHEMA = ROOT + "/schema";
    public static final String SIGN_IN = ROOT + "/sign-in";

    public static final String PROVIDER = SIGN_IN + "/provider";

    static final String CHANGES = ROOT + "/changes";
    static final String TROUBLES = ROOT + "/troubles";
    static final String THEME = ROOT + "/theme";
    static final String ASSETS = ROOT + "/assets/";

    private static final Pattern INSIDE = Pattern.compile("/ui(/[\\w./~%-]*)?(\\?[\\w./~%&=+:,-]*)?");

    private static final Pattern FORMS = Pattern.compile("/ui/(jobs/all/[^/]+|tools/[^/]+|sign-in)");

    private static final Pattern BROKEN = Pattern.compile("%(?![0-9a-fA-F]{2})");

    private Paths() {}

    /** The address of a tool. */
    public static URI tool(String name) {
        return UriBuilder.fromPath(TOOLS).path("{name}").build(name);
    }

    /** True for pages and their assets. */
    static boolean isPage(String path) {
        return path.equals(ROOT) || path.startsWith(ROOT + "/") || path.equals("/");
    }

    /** True for pages whose forms are sent to their own address. */
    static boolean takesForms(String path) {
        return FORMS.matcher(path).matches();
    }

    /** True for what a browser needs before anybody has signed in. */
    static boolean isOpen(String path) {
        return path.equals("/")
                || path.equals(SIGN_IN)
                || path.startsWith(PROVIDER)
                || path.startsWith(ASSETS)
                || path.equals(THEME);
    }

    /** The page that asks who somebody is, who then goes on to an address. */
    static String signIn(String to) {
        return SIGN_IN + "?to=" + URLEncoder.encode(to, StandardCharsets.UTF_8);
    }

    /** An address of ours to go on to; anything else leads to the first page, so that no link leads elsewhere. */
    static String inside(String address) {
        return address != null
                        && INSIDE.matcher(address).matches()
                        && !BROKEN.matcher(address).find()
                ? address
                : ROOT;
    }
}
