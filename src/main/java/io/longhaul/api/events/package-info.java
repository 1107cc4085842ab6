/** Streams: the events of one job, and of all. */
package io.longhaul.api.events;
