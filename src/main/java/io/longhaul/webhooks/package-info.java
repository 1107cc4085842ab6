/** Tells external endpoints when jobs and batches have ended. A trigger on {@code jobs} writes the deliveries; this room sends them. */
package io.longhaul.webhooks;
