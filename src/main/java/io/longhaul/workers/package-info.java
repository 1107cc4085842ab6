/** All that has a thread: claiming jobs, running their tools, writing what came of it, and keeping house. */
package io.longhaul.workers;
