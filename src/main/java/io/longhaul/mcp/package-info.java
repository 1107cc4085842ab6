/** The MCP server: offers all tools to clients of all eras of the protocol. */
package io.longhaul.mcp;
