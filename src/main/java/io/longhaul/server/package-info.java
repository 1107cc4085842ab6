/** Wires a node: its parts, the order in which they start and stop, and its conditions. */
package io.longhaul.server;
