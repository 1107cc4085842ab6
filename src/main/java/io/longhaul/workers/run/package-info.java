/**
 * Attempts: the tool is called, watched, timed and stopped; results are bounded, retries delayed, outcomes written.
 */
package io.longhaul.workers.run;
