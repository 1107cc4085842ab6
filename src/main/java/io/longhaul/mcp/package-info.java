/** The MCP server: every tool for the clients of every era of the protocol. A second front door beside the HTTP API. */
package io.longhaul.mcp;
