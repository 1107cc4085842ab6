/** A client of the job API in Java 17, which needs only Jackson: see {@link io.longhaul.client.LonghaulClient}. */
package io.longhaul.client;
