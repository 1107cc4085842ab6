/** A client of the job API in Java 17. It needs only Jackson; see {@link io.longhaul.client.LonghaulClient}. */
package io.longhaul.client;
