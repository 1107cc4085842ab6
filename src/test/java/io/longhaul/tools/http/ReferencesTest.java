package io.longhaul.tools.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 3986, section 5.4, where fragments are left out. */
class ReferencesTest {
    @ParameterizedTest
    @CsvSource({
        "g:h, g:h",
        "g, http://a/b/c/g",
        "./g, http://a/b/c/g",
        "g/, http://a/b/c/g/",
        "/g, http://a/g",
        "//g, http://g",
        "?y, http://a/b/c/d;p?y",
        "g?y, http://a/b/c/g?y",
        "#s, http://a/b/c/d;p?q",
        "g#s, http://a/b/c/g",
        "g?y#s, http://a/b/c/g?y",
        ";x, http://a/b/c/;x",
        "g;x, http://a/b/c/g;x",
        "g;x?y#s, http://a/b/c/g;x?y",
        "'', http://a/b/c/d;p?q",
        "., http://a/b/c/",
        "./, http://a/b/c/",
        ".., http://a/b/",
        "../, http://a/b/",
        "../g, http://a/b/g",
        "../.., http://a/",
        "../../, http://a/",
        "../../g, http://a/g",
        "../../../g, http://a/g",
        "../../../../g, http://a/g",
        "/./g, http://a/g",
        "/../g, http://a/g",
        "g., http://a/b/c/g.",
        ".g, http://a/b/c/.g",
        "g.., http://a/b/c/g..",
        "..g, http://a/b/c/..g",
        "./../g, http://a/b/g",
        "./g/., http://a/b/c/g/",
        "g/./h, http://a/b/c/g/h",
        "g/../h, http://a/b/c/h",
        "g;x=1/./y, http://a/b/c/g;x=1/y",
        "g;x=1/../y, http://a/b/c/y",
        "g?y/./x, http://a/b/c/g?y/./x",
        "g?y/../x, http://a/b/c/g?y/../x",
        "g#s/./x, http://a/b/c/g",
        "http:g, http:g",
    })
    void theExamplesOfTheStandard(String reference, String url) {
        assertThat(References.resolve(URI.create("http://a/b/c/d;p?q"), reference))
                .hasToString(url);
    }

    @ParameterizedTest
    @CsvSource({
        "https://h.org/jobs/run, ?id=5, https://h.org/jobs/run?id=5",
        "https://h.org, jobs/5, https://h.org/jobs/5",
        "https://h.org, x.example/y, https://h.org/x.example/y",
        "https://h.org?x=1, jobs/5, https://h.org/jobs/5",
        "https://h.org/a/b, ../../../c, https://h.org/c",
        "https://h.org:8443/a%2Fb/c, d%20e, https://h.org:8443/a%2Fb/d%20e",
        "https://h.org/a//b, ../c, https://h.org/a/c",
    })
    void urlsAsServersGiveThem(String base, String reference, String url) {
        assertThat(References.resolve(URI.create(base), reference)).hasToString(url);
    }

    @Test
    void whatIsNoUrlIsRefused() {
        assertThatThrownBy(() -> References.resolve(URI.create("http://a/b"), "c d"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
