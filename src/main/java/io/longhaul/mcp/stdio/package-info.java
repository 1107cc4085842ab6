/** MCP over standard input and output, for hosts that start a program: a client of a running server that only passes on. */
package io.longhaul.mcp.stdio;
