package io.longhaul.api.http;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Decompresses gzip (RFC 1952) that arrives in parts, one member after the other, and checks all that it says about itself.
 * Only a text that is whole and unchanged comes to its end without an exception.
 */
final class Gunzip {
    private static final int[] MAGIC = {0x1f, 0x8b, Deflater.DEFLATED};
    private static final int FLAGS = MAGIC.length;
    private static final int RESERVED = 0xe0;

    private static final int INT = 32;
    private static final List<Part> ORDER = List.of(Part.values());

    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private Part part = Part.HEADER;

    /** The bytes of this part so far. */
    private int count;

    /** The first eight of them, as a number. */
    private long number;

    private int flags;
    private int extra;
    private long bytes;
    private boolean begun;

    /** The parts of a member in their order, with the flag that says that an optional one is there. */
    private enum Part {
        HEADER(0),
        EXTRA_LENGTH(4),
        EXTRA(4),
        NAME(8),
        COMMENT(16),
        HEADER_CHECK(2),
        DATA(0),
        TRAILER(0);

        private final int flag;

        Part(int flag) {
            this.flag = flag;
        }
    }

    /**
     * Decompresses the next bytes.
     *
     * @param in compressed bytes, of which the used ones are taken
     * @param out receives decompressed ones
     * @return how many; 0 if all compressed ones are used and more are needed
     */
    int decode(ByteBuffer in, byte[] out) throws ZipException {
        while (part == Part.DATA || in.hasRemaining()) {
            if (part != Part.DATA) {
                take(in.get() & 0xff);
                continue;
            }
            int inflated = inflate(in, out);
            if (inflated > 0 || part == Part.DATA) {
                return inflated;
            }
        }
        return 0;
    }

    /** Fails if the text ends here, but should not. */
    void end() throws ZipException {
        if (part != Part.HEADER || count > 0 || !begun) {
            throw new ZipException("Ends within a member");
        }
    }

    /** Gives the memory back. */
    void close() {
        inflater.end();
    }

    private int inflate(ByteBuffer in, byte[] out) throws ZipException {
        int inflated;
        try {
            inflater.setInput(in);
            inflated = inflater.inflate(out);
        } catch (DataFormatException e) {
            throw new ZipException(e.getMessage());
        }
        crc.update(out, 0, inflated);
        bytes += inflated;
        if (inflater.finished()) {
            begin(Part.TRAILER);
        }
        return inflated;
    }

    private void take(int next) throws ZipException {
        begun = true;
        if (part == Part.HEADER) {
            requireHeader(next);
        }
        if (count < Long.BYTES) {
            number |= (long) next << (Byte.SIZE * count);
        }
        count++;
        if (part != Part.HEADER_CHECK && part != Part.TRAILER) {
            crc.update(next);
        }
        if (isOver(next)) {
            finish();
        }
    }

    private void requireHeader(int next) throws ZipException {
        if (count == 0) {
            crc.reset();
        }
        if (count == FLAGS) {
            flags = next;
            require((flags & RESERVED) == 0, "Has flags that are not known");
        }
        require(count >= MAGIC.length || next == MAGIC[count], "Is not gzip, or something else follows it");
    }

    private boolean isOver(int last) {
        return switch (part) {
            case HEADER -> count == 10;
            case EXTRA_LENGTH, HEADER_CHECK -> count == 2;
            case EXTRA -> count == extra;
            case NAME, COMMENT -> last == 0;
            case TRAILER -> count == 8;
            case DATA -> false;
        };
    }

    private void finish() throws ZipException {
        if (part == Part.EXTRA_LENGTH) {
            extra = (int) number;
        } else if (part == Part.HEADER_CHECK) {
            require(number == (crc.getValue() & 0xffff), "The header is damaged");
        } else if (part == Part.TRAILER) {
            require((int) number == (int) crc.getValue() && number >>> INT == (bytes & 0xffffffffL), "Is damaged");
        }
        begin(next());
    }

    private Part next() {
        Part next = part;
        do {
            next = ORDER.get((ORDER.indexOf(next) + 1) % ORDER.size());
        } while ((next.flag & flags) != next.flag || (next == Part.EXTRA && extra == 0));
        return next;
    }

    private void begin(Part next) {
        part = next;
        count = 0;
        number = 0;
        if (next == Part.DATA) {
            crc.reset();
            inflater.reset();
            bytes = 0;
        }
    }

    private static void require(boolean holds, String message) throws ZipException {
        if (!holds) {
            throw new ZipException(message);
        }
    }
}
