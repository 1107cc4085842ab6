package io.longhaul.ids;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.traces.Trace;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TimedIdsTest {
    private static final long BLOCK = 1 << 16;
    private static final long NOW = 1_777_888_999_000L / BLOCK * BLOCK;

    @Test
    void anIdIsAUuidOfVersionFour() {
        UUID id = TimedIds.uuid();

        assertThat(id.version()).isEqualTo(4);
        assertThat(id.variant()).isEqualTo(2);
    }

    @Test
    void idsOfAMinuteShareTenBitsAndNoMore() {
        assertThat(TimedIds.timed(0, NOW) >>> 54).isEqualTo(TimedIds.timed(-1, NOW + BLOCK - 1) >>> 54);
        assertThat(TimedIds.timed(0, NOW) << 10).isZero();
        assertThat(TimedIds.timed(-1, NOW) << 10).isEqualTo(-1 << 10);
    }

    @Test
    void theNextMinuteHasTheNextBits() {
        assertThat((TimedIds.timed(0, NOW + BLOCK) >>> 54) - (TimedIds.timed(0, NOW) >>> 54))
                .isIn(1L, -1023L);
    }

    @Test
    void theBitsComeBackAfterAThousandMinutes() {
        assertThat(TimedIds.timed(0, NOW + 1024 * BLOCK)).isEqualTo(TimedIds.timed(0, NOW));
        assertThat(Stream.iterate(NOW, at -> at + BLOCK).limit(1024).map(at -> TimedIds.timed(0, at)))
                .doesNotHaveDuplicates();
    }

    @Test
    void eightDigitsTellTheJobsOfAMinuteApart() {
        Stream<String> ids = Stream.generate(() -> TimedIds.uuid().toString().substring(0, 8))
                .limit(100);

        // Two of a hundred are alike once in a thousand runs, three once in a hundred million.
        assertThat(ids.distinct().count()).isGreaterThanOrEqualTo(98);
    }

    /** A block may end between two traces, but not between more. */
    @Test
    void tracesBeginAsIdsDo() {
        Stream<String> blocks = Stream.generate(() -> Trace.begin().traceId())
                .limit(50)
                .map(id -> Long.toHexString(Long.parseUnsignedLong(id.substring(0, 16), 16) >>> 54));

        assertThat(blocks.distinct().count()).isLessThanOrEqualTo(2);
    }
}
