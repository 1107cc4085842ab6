/** The HTTP API: resources, what they answer, and one shape for every error. */
package io.longhaul.api;
