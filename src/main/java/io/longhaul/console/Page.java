package io.longhaul.console;

/**
 * A page to be rendered. A resource returns it, and {@link PageFilter} renders it.
 *
 * @param template file of the template, below {@code src/main/jte}, without its ending
 * @param title of the page, for tab and heading
 * @param section the part of the console that it belongs to, or null
 * @param view the content, as the template's parameter {@code view}
 */
public record Page(String template, String title, Section section, Object view) {}
