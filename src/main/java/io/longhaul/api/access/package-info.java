/** Who may do what over HTTP: credentials, roles, hosts and origins of requests, and the log of operators' actions. */
package io.longhaul.api.access;
