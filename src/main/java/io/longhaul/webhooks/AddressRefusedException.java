package io.longhaul.webhooks;

import java.io.IOException;

/** All addresses to which a name resolves are forbidden for webhooks. */
final class AddressRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    AddressRefusedException(String message) {
        super(message);
    }
}
