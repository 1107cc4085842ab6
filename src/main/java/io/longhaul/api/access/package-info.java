/** Authentication and authorization: credentials, roles, ownership, hosts and origins. */
package io.longhaul.api.access;
