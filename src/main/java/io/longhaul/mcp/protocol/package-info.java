/** The Model Context Protocol on the wire: versions, messages, errors; nothing of jobs. */
package io.longhaul.mcp.protocol;
