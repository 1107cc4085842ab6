package io.longhaul.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;

class GunzipTest {
    private static final String TEXT = "{\"tool\": \"echo\", \"params\": {\"said\": \"echo echo echo\"}}\n";

    /** Decompresses parts of this many bytes. */
    private static String unpacked(byte[] packed, int part) throws ZipException {
        Gunzip gunzip = new Gunzip();
        try {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            byte[] out = new byte[7];
            for (int from = 0; from < packed.length; from += part) {
                ByteBuffer in = ByteBuffer.wrap(packed, from, Math.min(part, packed.length - from));
                for (int count = gunzip.decode(in, out); count > 0; count = gunzip.decode(in, out)) {
                    text.write(out, 0, count);
                }
                assertThat(in.hasRemaining()).isFalse();
            }
            gunzip.end();
            return text.toString(StandardCharsets.UTF_8);
        } finally {
            gunzip.close();
        }
    }

    private static byte[] packed(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    @Test
    void membersAreReadOneAfterTheOtherHoweverTheyArrive() throws ZipException {
        byte[] two = joined(packed(TEXT), packed(""), packed("x".repeat(100_000)));
        for (int part : new int[] {1, 2, 3, packed(TEXT).length, two.length}) {
            assertThat(unpacked(two, part)).isEqualTo(TEXT + "x".repeat(100_000));
        }
    }

    @Test
    void aTextIsNeverTakenForWholeWhereverItIsCut() {
        byte[] packed = packed(TEXT);
        assertThatThrownBy(() -> unpacked(new byte[0], 1)).isInstanceOf(ZipException.class);
        for (int length = 1; length < packed.length; length++) {
            byte[] cut = Arrays.copyOf(packed, length);
            assertThatThrownBy(() -> unpacked(cut, cut.length))
                    .as("the first %d bytes", length)
                    .isInstanceOf(ZipException.class);
            assertThatThrownBy(() -> unpacked(joined(packed, cut), 5))
                    .as("behind another member")
                    .isInstanceOf(ZipException.class);
        }
    }

    @Test
    void aFlippedBitNeverGivesAnotherText() {
        byte[] packed = packed(TEXT);
        for (int bit = 0; bit < packed.length * 8; bit++) {
            byte[] flipped = packed.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            // The time, the system and the like in the header, and the bits after the last block, say nothing of the
            // text.
            assertThat(textOrFailure(flipped)).as("bit %d", bit).isIn(TEXT, "failed");
            if (bit / 8 < 3 || bit / 8 >= packed.length - 8) {
                assertThat(textOrFailure(flipped)).as("bit %d", bit).isEqualTo("failed");
            }
        }
    }

    private static String textOrFailure(byte[] packed) {
        try {
            return unpacked(packed, packed.length);
        } catch (ZipException e) {
            return "failed";
        }
    }

    @Test
    void whatFollowsTheLastMemberIsRefused() {
        assertThatThrownBy(() -> unpacked(joined(packed(TEXT), new byte[] {0}), 100))
                .isInstanceOf(ZipException.class);
        assertThatThrownBy(() -> unpacked(joined(packed(TEXT), "x".getBytes(StandardCharsets.UTF_8)), 100))
                .isInstanceOf(ZipException.class);
    }

    @Test
    void optionalPartsOfTheHeaderAreReadOver() throws ZipException {
        byte[] plain = packed(TEXT);
        byte[] header = Arrays.copyOf(plain, 10);
        header[3] = 4 + 8 + 16 + 2;
        byte[] parts = joined(header, new byte[] {3, 0, 1, 2, 3}, "name\0comment\0".getBytes(StandardCharsets.UTF_8));
        CRC32 crc = new CRC32();
        crc.update(parts);
        byte[] check = {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
        byte[] rest = Arrays.copyOfRange(plain, 10, plain.length);

        assertThat(unpacked(joined(parts, check, rest), 1)).isEqualTo(TEXT);
        check[0] ^= 1;
        assertThatThrownBy(() -> unpacked(joined(parts, check, rest), 1)).isInstanceOf(ZipException.class);
    }
}
