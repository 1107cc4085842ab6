/** Tells external endpoints when jobs and batches have ended: endpoints, deliveries and their outcomes. */
package io.longhaul.webhooks;
