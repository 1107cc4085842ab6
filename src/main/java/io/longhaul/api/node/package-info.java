/** The state of nodes: health, readiness, list of nodes, figures. */
package io.longhaul.api.node;
