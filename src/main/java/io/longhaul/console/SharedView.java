package io.longhaul.console;

/**
 * A view that is the same for all who have the same role and see the jobs of all, so that pages of several people share
 * what was made for one of them. Not for views that hold something of one person.
 */
public interface SharedView {}
