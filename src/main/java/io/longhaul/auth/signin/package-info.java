/** Sign-in of people at an OpenID provider: the way there and back, and the sessions that come of it. */
package io.longhaul.auth.signin;
