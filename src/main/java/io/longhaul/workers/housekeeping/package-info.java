/** Housekeeping: jobs of dead nodes, jobs past their time, rows that may go. */
package io.longhaul.workers.housekeeping;
