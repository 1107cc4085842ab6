/** Params and results: what can be stored, and JSON Schema. */
package io.longhaul.tools.params;
