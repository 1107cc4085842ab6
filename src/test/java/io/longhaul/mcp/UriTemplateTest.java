package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which addresses a template matches, and what stands at its places. */
class UriTemplateTest {
    private static Optional<List<String>> match(String template, String address) {
        return new UriTemplate(template)
                .match(address)
                .map(values -> values.stream().map(Map.Entry::getValue).toList());
    }

    @Test
    void eachPlaceHasTheLongestTextThatFits() {
        assertThat(match("docs://{a}-{b}.md", "docs://x-y-z.md")).contains(List.of("x-y", "z"));
        assertThat(match("docs://{a}{b}", "docs://xyz")).contains(List.of("xy", "z"));
        assertThat(match("docs://{a}/page", "docs://one/page")).contains(List.of("one"));
        assertThat(match("docs://{a}/page", "docs://one/two/page")).isEmpty();
        assertThat(match("docs://{a}/page", "docs:///page")).isEmpty();
        assertThat(match("docs://{a}", "docs:/")).isEmpty();
        assertThat(new UriTemplate("docs://{a}").match("docs://x")).contains(List.of(Map.entry("{a}", "x")));
        assertThat(new UriTemplate("docs://guide").hasPlaces()).isFalse();
    }

    /** As a regular expression that tries everything. */
    @Test
    void itMatchesLikeARegularExpression() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            String template = text(random, List.of("{a}", "{b}", "-", "/", "x"));
            String address = text(random, List.of("y", "x", "-", "/", "-x"));
            Matcher matcher =
                    Pattern.compile(template.replaceAll("\\{[ab]}", "([^/]+)")).matcher(address);
            List<String> groups = matcher.matches()
                    ? IntStream.rangeClosed(1, matcher.groupCount())
                            .mapToObj(matcher::group)
                            .toList()
                    : null;
            assertThat(match(template, address)).as(template + " " + address).isEqualTo(Optional.ofNullable(groups));
        }
    }

    private static String text(Random random, List<String> parts) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(7); i >= 0; i--) {
            text.append(parts.get(random.nextInt(parts.size())));
        }
        return text.toString();
    }

    @Test
    @Timeout(60)
    void noAddressTakesLong() {
        assertThat(match("docs://{a}-{b}-{c}-{d}.md", "docs://" + "-".repeat(1_000_000)))
                .isEmpty();
    }
}
