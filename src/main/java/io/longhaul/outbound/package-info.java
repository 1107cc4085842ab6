/** Requests to other hosts: how URLs name them, and how long their answers may be. */
package io.longhaul.outbound;
