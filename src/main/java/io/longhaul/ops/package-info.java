/** For operators: the readiness of this node, and the reasons against it. */
package io.longhaul.ops;
