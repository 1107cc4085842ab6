/** What keeps secrets out of the log, and tokens out of the request log. */
package io.longhaul.logging;
