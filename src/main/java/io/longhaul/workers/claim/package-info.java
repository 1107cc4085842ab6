/**
 * Chooses which jobs a node takes next: delayed jobs that are due, offers, limits of rate and concurrency, and where a
 * scan of the queue begins.
 */
package io.longhaul.workers.claim;
