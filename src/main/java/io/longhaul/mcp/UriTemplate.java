package io.longhaul.mcp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The template of an address: each <code>{name}</code> in it stands for any text without a slash. A match takes a time that grows
 * only with the length of the address, as clients choose it.
 */
final class UriTemplate {
    private static final Pattern PLACE = Pattern.compile("\\{([a-zA-Z_][a-zA-Z0-9_]*)}");

    private static final int NONE = -1;

    private final List<String> places = new ArrayList<>();

    /** The texts before, between and after the places. */
    private final List<String> texts = new ArrayList<>();

    UriTemplate(String template) {
        Matcher matcher = PLACE.matcher(template);
        int end = 0;
        while (matcher.find()) {
            texts.add(template.substring(end, matcher.start()));
            places.add(matcher.group());
            end = matcher.end();
        }
        texts.add(template.substring(end));
    }

    /** False for an address without places. */
    boolean hasPlaces() {
        return !places.isEmpty();
    }

    /**
     * What stands at the places, in their order. Where more than one share of the text fits, each place has the longest.
     *
     * @return empty if the address is none of this template
     */
    Optional<List<Map.Entry<String, String>>> match(String address) {
        int[][] ends = ends(address);
        int begin = address.startsWith(texts.get(0)) ? texts.get(0).length() : NONE;
        List<Map.Entry<String, String>> values = new ArrayList<>();
        for (int i = 0; i < places.size() && begin != NONE; i++) {
            int end = ends[i][begin];
            if (end == NONE) {
                return Optional.empty();
            }
            values.add(Map.entry(places.get(i), address.substring(begin, end)));
            begin = end + texts.get(i + 1).length();
        }
        return begin == NONE || begin != address.length() ? Optional.empty() : Optional.of(values);
    }

    /** For each place and each begin of its value the last end with which the rest of the address matches, or none. */
    private int[][] ends(String address) {
        int[][] ends = new int[places.size()][];
        for (int i = places.size() - 1; i >= 0; i--) {
            int[] after = i + 1 < places.size() ? ends[i + 1] : null;
            ends[i] = ends(address, texts.get(i + 1), after);
        }
        return ends;
    }

    /** From the right: an end is good for all begins before it, down to a slash. */
    private static int[] ends(String address, String text, int[] after) {
        int[] ends = new int[address.length() + 1];
        int best = NONE;
        for (int at = address.length(); at >= 0; at--) {
            if (at < address.length() && address.charAt(at) == '/') {
                best = NONE;
            }
            ends[at] = best;
            if (best == NONE && matches(address, at, text, after)) {
                best = at;
            }
        }
        return ends;
    }

    private static boolean matches(String address, int at, String text, int[] after) {
        int end = at + text.length();
        return address.startsWith(text, at) && (after == null ? end == address.length() : after[end] != NONE);
    }
}
