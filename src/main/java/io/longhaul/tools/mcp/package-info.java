/** Tools of MCP servers: programs that speak over standard input and output, or servers that speak over HTTP. */
package io.longhaul.tools.mcp;
