/** A tool's settings: units, retries, rates, templates, and what is wrong with them. */
package io.longhaul.tools.settings;
