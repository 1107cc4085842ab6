/** Jobs that run after others: their release, and the results that they use. */
package io.longhaul.jobs.chains;
