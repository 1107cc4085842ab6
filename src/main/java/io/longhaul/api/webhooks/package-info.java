/** Webhooks and their deliveries. */
package io.longhaul.api.webhooks;
