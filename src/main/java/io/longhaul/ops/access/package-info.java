/** Who asks, and what they may: keys, roles, hosts and origins. */
package io.longhaul.ops.access;
