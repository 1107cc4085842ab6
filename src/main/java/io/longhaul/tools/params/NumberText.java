package io.longhaul.tools.params;

/**
 * The size of a JSON number, computed from its text alone: parsing the longest ones takes a tenth of a second each, and
 * a result may be full of them.
 *
 * @param digits significant digits, at least one
 * @param behindPoint how many of them are behind the point; negative if an exponent adds zeros
 */
record NumberText(long digits, long behindPoint) {
    /** Longer exponents are out of range in any case. */
    private static final int LONGEST_EXPONENT = 12;

    /** Reads the text of a valid JSON number. */
    static NumberText of(String number) {
        int exponentAt = Math.max(number.indexOf('e'), number.indexOf('E'));
        int end = exponentAt < 0 ? number.length() : exponentAt;
        int point = number.indexOf('.');
        long behind = point < 0 ? 0 : end - point - 1;
        long exponent = exponentAt < 0 ? 0 : exponent(number.substring(exponentAt + 1));
        return new NumberText(significant(number, end), behind - exponent);
    }

    private static long significant(String number, int end) {
        int first = 0;
        while (first < end && (number.charAt(first) < '1' || number.charAt(first) > '9')) {
            first++;
        }
        int point = number.indexOf('.', first);
        return Math.max(1, end - first - (point < 0 ? 0 : 1));
    }

    private static long exponent(String text) {
        String number = text.replaceFirst("^([+-]?)0*(?=\\d)", "$1");
        return number.length() <= LONGEST_EXPONENT
                ? Long.parseLong(number)
                : number.startsWith("-") ? Integer.MIN_VALUE : Integer.MAX_VALUE;
    }

    /** Returns true if PostgreSQL can store it. */
    boolean fits() {
        return Storable.fit(digits, behindPoint);
    }

    /** Zeros that PostgreSQL adds when it writes the number out. */
    long zeros() {
        return Math.max(0, Math.abs(behindPoint) - digits);
    }
}
