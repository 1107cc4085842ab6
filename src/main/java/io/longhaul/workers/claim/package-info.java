/**
 * Chooses which jobs a node takes next: offers, limits of rate and concurrency, and where a scan of the queue begins.
 */
package io.longhaul.workers.claim;
