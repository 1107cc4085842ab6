/** LISTEN and NOTIFY between nodes, the feed of changes, and callers that wait for the ends of jobs. */
package io.longhaul.events;
