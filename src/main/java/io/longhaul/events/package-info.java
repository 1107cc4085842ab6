/** Changes of jobs as others hear of them: notifications between nodes, and those who wait. */
package io.longhaul.events;
