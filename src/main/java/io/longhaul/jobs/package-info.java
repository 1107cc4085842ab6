/** Jobs as PostgreSQL keeps them: what they are, each change they can go through, and how they are read. */
package io.longhaul.jobs;
