/** Questions that tools ask while they work, and the answers of users. */
package io.longhaul.questions;
