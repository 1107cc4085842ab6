/** Tells endpoints elsewhere that jobs and batches have ended: who is told, what is sent, and what came of it. */
package io.longhaul.webhooks;
