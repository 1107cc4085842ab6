package io.longhaul.console;

import java.util.List;

/**
 * What surrounds the content of a page.
 *
 * @param title of the page
 * @param section the current part of the console, or null
 * @param visitor who looks at it
 * @param look how it is to look
 * @param here the address of this page
 * @param server the address of this server as its clients see it
 * @param troubles what keeps the node from its work
 * @param ignored what the page does not know of its address, each in a sentence
 * @param ignored what the page does not know of its address, each in a sentence
 */
public record Frame(
        String title,
        Section section,
        Visitor visitor,
        Look look,
        String here,
        String server,
        Troubles troubles,
        List<String> ignored) {
    /**
     * How pages look.
     *
     * @param assets address of the folder with style sheets, scripts and icons
     * @param theme light or dark, or null to follow the system
     * @param version of this release
     * @param bare true for the content alone, for a page that reads itself again
     */
    public record Look(String assets, String theme, String version, boolean bare) {}

    /** Where somebody signs in who then comes back to this page. */
    public String signIn() {
        return Paths.signIn(here);
    }

    public String asset(String name) {
        return look.assets() + name;
    }
}
