package io.longhaul.tools.secrets;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** The forms of some secrets by their first characters: at most places of a text none of them begins. */
final class SecretForms {
    /** All other characters share one list. */
    private static final int ASCII = 128;

    private final List<List<SecretForm>> byFirst = Stream.generate(() -> (List<SecretForm>) new ArrayList<SecretForm>())
            .limit(ASCII + 1L)
            .toList();

    SecretForms(Collection<String> secrets) {
        secrets.stream()
                .flatMap(SecretForm::of)
                .forEach(form ->
                        form.firsts().forEach(first -> beginningWith(first).add(form)));
    }

    private List<SecretForm> beginningWith(int first) {
        return byFirst.get(Math.min(first, ASCII));
    }

    /**
     * The end of the longest form that begins at a place, or -1.
     *
     * @param cut whether the beginning of a secret counts where the text was cut
     */
    int end(EscapedText text, int at, boolean cut) {
        int end = -1;
        char first = text.plain().charAt(at);
        for (SecretForm form : beginningWith(first)) {
            end = Math.max(end, form.end(text, at));
            end = cut ? Math.max(end, form.cutEnd(text.plain(), at)) : end;
        }
        int escaped = text.escaped(at);
        if (escaped >= 0 && escaped != first) {
            for (SecretForm form : beginningWith(escaped)) {
                end = Math.max(end, form.end(text, at));
            }
        }
        return end;
    }
}
