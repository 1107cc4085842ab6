/** What a job is, where it can stand, and the signals that tell everybody what became of it. */
package io.longhaul.jobs;
