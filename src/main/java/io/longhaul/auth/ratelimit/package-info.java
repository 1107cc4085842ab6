/** The rate of requests that each principal may send. */
package io.longhaul.auth.ratelimit;
