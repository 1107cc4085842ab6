package io.longhaul.tools.secrets;

import java.util.Arrays;

/** Places of a text, each once. There are seldom more than two. */
final class Places {
    private int[] places = new int[4];
    private int size;

    void clear() {
        size = 0;
    }

    /** Adds a place; ignores a negative one. */
    void add(int place) {
        for (int n = 0; n < size; n++) {
            if (places[n] == place) {
                return;
            }
        }
        if (place >= 0) {
            places = size == places.length ? Arrays.copyOf(places, 2 * size) : places;
            places[size++] = place;
        }
    }

    int size() {
        return size;
    }

    int get(int index) {
        return places[index];
    }

    /** The place furthest behind, or -1. */
    int last() {
        return Arrays.stream(places, 0, size).max().orElse(-1);
    }
}
