/** A node as its parts see it: its lease and heartbeat, its state, its database, and its listeners. */
package io.longhaul.workers.node;
