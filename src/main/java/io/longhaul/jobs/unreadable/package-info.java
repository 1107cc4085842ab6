/** Jobs that no worker can read, because their params are too large or their row is damaged, are ended here. */
package io.longhaul.jobs.unreadable;
