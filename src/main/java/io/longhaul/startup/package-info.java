/** How the process of a server starts quickly: with options of Java that fit it, and from an archive of its classes, which an earlier server made. */
package io.longhaul.startup;
