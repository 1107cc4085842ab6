/** The configuration: one field per room, of that room's own type. */
package io.longhaul.config;
