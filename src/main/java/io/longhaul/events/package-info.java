/** Notifications between nodes, the feed of changes, and callers that wait for jobs. */
package io.longhaul.events;
