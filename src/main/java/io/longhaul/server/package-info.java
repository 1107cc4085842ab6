/** A node put together: what it is made of, in which order it starts and stops, and how it is. */
package io.longhaul.server;
