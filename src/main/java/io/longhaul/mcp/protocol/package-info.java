/** The Model Context Protocol: versions, methods, messages and errors, for servers and clients. It does not know jobs. */
package io.longhaul.mcp.protocol;
