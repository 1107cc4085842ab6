/** The commands db and schema. */
package io.longhaul.schema.commands;
