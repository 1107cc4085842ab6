/** Who may do what: credentials, roles, ownership, hosts and origins. */
package io.longhaul.api.access;
