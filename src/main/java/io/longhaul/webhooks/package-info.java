/**
 * Tells external endpoints when jobs and batches have ended: signed messages to checked addresses, sent until taken.
 * A trigger on {@code jobs} writes the deliveries; this room sends them.
 */
package io.longhaul.webhooks;
