/** Forms made from JSON Schemas. */
package io.longhaul.console.forms;
