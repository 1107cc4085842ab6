/** Plans a node's claims: offers, limits, and where a scan of the queue begins. */
package io.longhaul.workers.claim;
