package io.longhaul.webhooks;

import java.io.IOException;

/** A name leads to addresses only that webhooks may not go to. */
final class AddressRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    AddressRefusedException(String message) {
        super(message);
    }
}
