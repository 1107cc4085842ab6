/** Principals and their permissions: keys, roles, hosts and origins. */
package io.longhaul.ops.access;
