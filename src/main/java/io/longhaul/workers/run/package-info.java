/** Attempts: the tool is called, watched and stopped, and the outcome is written. */
package io.longhaul.workers.run;
