/** Schedules: jobs that are made by the clock, one for each tick however many nodes there are. */
package io.longhaul.schedules;
