/** What OpenAPI says of the endpoints, and that queries are as it says. */
package io.longhaul.api.description;
