package io.longhaul.api.jobs;

import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobFilter.Position;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * The end of a page, as text that clients send back unread. A checksum over the position and the filter refuses cursors that
 * were changed or belong to another list.
 */
public final class JobCursor {
    /** What is wrong with a cursor that cannot be read. */
    public static final String FOREIGN = "is not one that this list gave: begin without it";

    private static final int POSITION_BYTES = Long.BYTES + Integer.BYTES + 2 * Long.BYTES;
    private static final int CHECK_BYTES = 8;

    private JobCursor() {}

    public static String of(Position position, JobFilter filter) {
        ByteBuffer bytes = ByteBuffer.allocate(POSITION_BYTES + CHECK_BYTES);
        Instant at = position.at();
        bytes.putLong(at.getEpochSecond()).putInt(at.getNano());
        bytes.putLong(position.id().getMostSignificantBits());
        bytes.putLong(position.id().getLeastSignificantBits());
        bytes.put(check(Arrays.copyOf(bytes.array(), POSITION_BYTES), filter));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** Empty if the text is not a cursor of this list. */
    public static Optional<Position> parse(String text, JobFilter filter) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            boolean valid = bytes.length == POSITION_BYTES + CHECK_BYTES
                    && Arrays.equals(
                            check(Arrays.copyOf(bytes, POSITION_BYTES), filter),
                            Arrays.copyOfRange(bytes, POSITION_BYTES, bytes.length));
            return valid ? Optional.of(position(ByteBuffer.wrap(bytes))) : Optional.empty();
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Position position(ByteBuffer bytes) {
        Instant at = Instant.ofEpochSecond(bytes.getLong(), bytes.getInt());
        return new Position(at, new UUID(bytes.getLong(), bytes.getLong()));
    }

    private static byte[] check(byte[] position, JobFilter filter) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(position);
            digest.update(filter.after(null)
                    .by(JobFilter.By.PRINCIPAL, null)
                    .toString()
                    .getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(digest.digest(), CHECK_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
