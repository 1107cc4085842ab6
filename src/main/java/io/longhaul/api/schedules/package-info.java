/** Schedules. */
package io.longhaul.api.schedules;
