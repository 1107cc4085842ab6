/** How the process of a server starts quickly: from an archive of its classes, which an earlier server made. */
package io.longhaul.startup;
