package io.longhaul.client;

/** A message is not from the server that knows the secret, or not of now. Answer it with 400 and do nothing. */
public final class WebhookSignatureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WebhookSignatureException(String message) {
        super(message);
    }
}
