/** Slow clients, and many at once: bounds on connections, bodies and answers, so that none of them holds a thread. */
package io.longhaul.api.backpressure;
