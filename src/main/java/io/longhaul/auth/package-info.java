/** Who asks, and what they may do: principals, API keys, tokens and roles. */
package io.longhaul.auth;
