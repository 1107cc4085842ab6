/** Tools as a node knows them: registered, described, limited, found by name. */
package io.longhaul.tools;
