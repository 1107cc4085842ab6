/** If this node is ready for traffic, and the reasons against it. */
package io.longhaul.readiness;
