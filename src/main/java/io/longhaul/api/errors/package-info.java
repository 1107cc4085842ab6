/** From any failure to the one shape of an error, and answers to what is committed already. */
package io.longhaul.api.errors;
