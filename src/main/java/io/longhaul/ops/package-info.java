/** What operators need: whether this node is ready, and why not. */
package io.longhaul.ops;
