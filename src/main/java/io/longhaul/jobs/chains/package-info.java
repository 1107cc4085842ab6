/** Jobs that run after others: when they may, and what they get of their results. */
package io.longhaul.jobs.chains;
