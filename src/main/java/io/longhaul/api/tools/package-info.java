/** Tools: listed, paused, invoked; callbacks of tools that answer later. */
package io.longhaul.api.tools;
