/** Bounds on connections, bodies and slow clients. */
package io.longhaul.api.load;
