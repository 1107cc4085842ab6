package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.console.ConsoleNode.Shown;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/** What holds for every page. */
final class Pages {
    private Pages() {}

    /** Its headers, and that it brings nothing from elsewhere, nothing inline, and labels for everything. */
    static void check(Shown shown) {
        assertThat(shown.header("Content-Security-Policy"))
                .isEqualTo("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                        + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        assertThat(shown.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(shown.header("X-Frame-Options")).isEqualTo("DENY");
        assertThat(shown.header("Referrer-Policy")).isEqualTo("same-origin");
        assertThat(shown.header("Cache-Control")).contains("no-");
        assertThat(shown.header("Content-Type")).isEqualTo("text/html;charset=utf-8");
        Document page = shown.page();
        assertThat(page.select("script:not([src]), style, iframe, object, embed, base"))
                .isEmpty();
        for (Element element : page.getAllElements()) {
            for (Attribute attribute : element.attributes()) {
                assertThat(attribute.getKey())
                        .as(element.outerHtml())
                        .doesNotStartWith("on")
                        .isNotEqualTo("style");
            }
        }
        assertThat(page.select("img[src^=data:]").eachAttr("src"))
                .allMatch(src -> src.matches("data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+"));
        for (Element element : page.select("[href], [src]:not(img[src^=data:]), [action]")) {
            assertThat(element.attr("href") + element.attr("src") + element.attr("action"))
                    .as(element.outerHtml())
                    .matches("[/#?].*")
                    .doesNotStartWith("//");
        }
        assertThat(page.select("h1")).hasSize(1);
        assertThat(page.select("table:not(:has(caption))")).isEmpty();
        assertThat(page.select("html").attr("lang")).isEqualTo("en");
        assertThat(page.select("main")).hasSize(1);
        assertThat(page.select("[id]").eachAttr("id")).doesNotHaveDuplicates();
        for (Element form : page.select("form[method]")) {
            assertThat(form.attr("method")).isIn("post", "dialog");
        }
    }
}
