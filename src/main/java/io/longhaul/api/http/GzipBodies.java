package io.longhaul.api.http;

import io.dropwizard.core.setup.Environment;
import java.nio.ByteBuffer;
import java.util.zip.ZipException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * Decompresses bodies before Jetty does, which would take a cut body for a whole one and check no sums. Jetty still
 * compresses the answers.
 */
public final class GzipBodies extends Handler.Wrapper {
    /** The headers of a decompressed body, as Jetty names them. */
    static final String ENCODING = "X-Content-Encoding";

    static final String LENGTH = "X-Content-Length";

    private static final String GZIP = "gzip";

    private static final int PART = 8 << 10;

    private GzipBodies() {}

    /** Installs the handler before all others. */
    public static void install(Environment environment) {
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) {
                if (starting instanceof Server server) {
                    server.insertHandler(new GzipBodies());
                }
            }
        });
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        return super.handle(isPacked(request) ? new Unpacked(request) : request, response, callback);
    }

    /** A request without a body has nothing to decompress, whatever its headers say. */
    private static boolean isPacked(Request request) {
        return GZIP.equalsIgnoreCase(request.getHeaders().get(HttpHeader.CONTENT_ENCODING))
                && (request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING));
    }

    private static final class Unpacked extends Request.Wrapper {
        private final Gunzip gunzip = new Gunzip();
        private final HttpFields headers;

        /** A part that is not decompressed to its end, or null. */
        private Content.Chunk packed;

        /** The end of the body, or its failure, or null while there is more. */
        private Content.Chunk end;

        Unpacked(Request request) {
            super(request);
            HttpFields.Mutable fields = HttpFields.build(request.getHeaders())
                    .remove(HttpHeader.CONTENT_ENCODING)
                    .remove(HttpHeader.CONTENT_LENGTH)
                    .put(ENCODING, GZIP);
            headers = (request.getLength() < 0 ? fields : fields.put(LENGTH, request.getLength())).asImmutable();
            Request.addCompletionListener(request, failure -> close());
        }

        @Override
        public HttpFields getHeaders() {
            return headers;
        }

        @Override
        public synchronized Content.Chunk read() {
            while (end == null) {
                packed = packed == null ? super.read() : packed;
                if (packed == null) {
                    return null;
                }
                Content.Chunk next = Content.Chunk.isFailure(packed) ? packed : unpack();
                if (next == packed) {
                    packed = null;
                }
                if (next != null) {
                    return next;
                }
            }
            return end;
        }

        /** The next part, or null if more must be read, or the end is known. */
        private Content.Chunk unpack() {
            byte[] part = new byte[PART];
            try {
                int length = gunzip.decode(packed.getByteBuffer(), part);
                if (length > 0) {
                    return Content.Chunk.from(ByteBuffer.wrap(part, 0, length), false);
                }
                if (packed.isLast()) {
                    gunzip.end();
                    end = Content.Chunk.EOF;
                }
            } catch (ZipException e) {
                end = Content.Chunk.from(e, true);
            }
            packed.release();
            packed = null;
            return null;
        }

        @Override
        public void demand(Runnable callback) {
            if (isWaiting()) {
                super.demand(callback);
            } else {
                getContext().execute(callback);
            }
        }

        private synchronized boolean isWaiting() {
            return end == null && packed == null;
        }

        private synchronized void close() {
            end = end == null ? Content.Chunk.EOF : end;
            if (packed != null) {
                packed.release();
                packed = null;
            }
            gunzip.close();
        }
    }
}
