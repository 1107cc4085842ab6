package io.longhaul.client;

import java.net.http.HttpClient;
import java.security.KeyManagementException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * For a client with http:// addresses only. Setting up Java's own TLS would take a fifth of the time of a short
 * command.
 */
public final class NoTls extends SSLContext {
    private NoTls() {
        super(new Nothing(), new Nobody(), "none");
    }

    /**
     * Begins a client for some addresses; it has TLS if one of them needs it.
     *
     * @param addresses all that it will be used for
     * @return a builder of a client that speaks HTTP/1.1
     */
    public static HttpClient.Builder unlessNeeded(List<String> addresses) {
        HttpClient.Builder http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        return addresses.stream().anyMatch(address -> address.startsWith("https:"))
                ? http
                : http.sslContext(new NoTls()).sslParameters(new SSLParameters());
    }

    private static final class Nobody extends Provider {
        private static final long serialVersionUID = 1L;

        Nobody() {
            super("none", "1", "no TLS");
        }
    }

    private static final class Nothing extends SSLContextSpi {
        private static IllegalStateException none() {
            return new IllegalStateException("This client was made for http:// addresses only");
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException(none());
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            throw none();
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            throw none();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            throw none();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            throw none();
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            throw none();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            throw none();
        }
    }
}
