/** Threads that repeat a step: the loop, its pause and its catch-all. */
package io.longhaul.loops;
