/** Which jobs a node takes next: offers, limits, and where a scan of the queue begins. */
package io.longhaul.workers.claim;
