/** The web console: the frame of its pages, their assets, sign-in and errors; the rooms in here hold the pages. */
package io.longhaul.console;
