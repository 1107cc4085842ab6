/**
 * A client of the job API for programs in Java 17 and newer. It needs {@code java.net.http} and Jackson, and nothing else of
 * Longhaul; {@link io.longhaul.client.LonghaulClient} is where to begin.
 */
package io.longhaul.client;
