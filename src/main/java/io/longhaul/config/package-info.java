/** The configuration file as a whole: one field for each room that has settings. */
package io.longhaul.config;
