package io.longhaul.auth.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RequestRatesTest {
    private final AtomicLong now = new AtomicLong();

    @Test
    void allowsARequestAgainAfterItsInterval() {
        RequestRates buckets = new RequestRates(2, now::get);
        assertThat(buckets.take("a")).isTrue();
        assertThat(buckets.take("a")).isTrue();
        assertThat(buckets.take("a")).isFalse();
        assertThat(buckets.take("b")).isTrue();
        now.addAndGet(500_000_000);
        assertThat(buckets.take("a")).isTrue();
        assertThat(buckets.take("a")).isFalse();
    }

    @Test
    void allowsAllWithoutALimit() {
        RequestRates buckets = new RequestRates(0, now::get);
        for (int i = 0; i < 1000; i++) {
            assertThat(buckets.take("a")).isTrue();
        }
    }
}
