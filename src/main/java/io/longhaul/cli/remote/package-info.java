/** Commands that ask a server over HTTP: they need no configuration file and no part of the server. */
package io.longhaul.cli.remote;
