/** The OpenAPI description of the endpoints, and the check of query parameters against it. */
package io.longhaul.api.description;
