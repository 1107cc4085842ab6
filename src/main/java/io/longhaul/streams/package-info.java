/** Server-sent events, written as fast as their clients read, so that no thread waits for a slow one. */
package io.longhaul.streams;
