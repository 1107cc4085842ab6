/** Schedules: jobs that are made by the clock, one for each tick, independent of the number of nodes. */
package io.longhaul.schedules;
