/** How a node is: health, readiness, nodes, counts. */
package io.longhaul.api.node;
