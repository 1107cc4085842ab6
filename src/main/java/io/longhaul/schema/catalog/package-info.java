/** The schema as PostgreSQL has it, compared with the one expected, and statements that repair a difference. */
package io.longhaul.schema.catalog;
