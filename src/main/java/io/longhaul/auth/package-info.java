/** Authentication and permissions: principals, API keys, tokens and roles. */
package io.longhaul.auth;
