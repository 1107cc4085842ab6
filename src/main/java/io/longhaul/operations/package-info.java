/** Operations: actions on all jobs that match a filter, done in the background, with an outcome for each job. */
package io.longhaul.operations;
