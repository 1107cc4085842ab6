/** Pages of the whole: the overview, the nodes, and the schema. */
package io.longhaul.console.operations;
