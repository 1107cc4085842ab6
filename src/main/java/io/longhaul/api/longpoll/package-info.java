/** Requests that are held until their job or batch has ended ({@code Prefer: wait}), without a thread each. */
package io.longhaul.api.longpoll;
