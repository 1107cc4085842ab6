/** A tool's settings: units, retries, rates, templates, and messages about mistakes. */
package io.longhaul.tools.settings;
