/** Processes that tools start: each in a session of its own, and none left behind. */
package io.longhaul.tools.childprocess;
