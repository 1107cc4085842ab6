/** The schema as PostgreSQL has it, compared with the one expected, and what repairs a difference. */
package io.longhaul.schema.catalog;
