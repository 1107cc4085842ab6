/** Authentication and authorization: credentials, roles, hosts and origins. */
package io.longhaul.api.access;
