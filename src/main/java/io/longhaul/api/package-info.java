/** The HTTP API: its settings; the rooms in here hold its endpoints. */
package io.longhaul.api;
