/** Params and results: their JSON Schema, and what PostgreSQL can store of them. */
package io.longhaul.tools.params;
