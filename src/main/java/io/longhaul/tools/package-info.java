/** Tools as a node knows them: registered, described, limited, loaded from files. */
package io.longhaul.tools;
