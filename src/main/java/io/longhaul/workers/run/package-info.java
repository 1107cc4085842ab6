/** An attempt: the tool is called, watched and stopped, and its outcome is written. */
package io.longhaul.workers.run;
