package io.longhaul.console;

import io.longhaul.auth.Principal;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A page that reads itself again. It gets its content without what surrounds it, and may take what was made for another
 * page of the same look.
 *
 * @param address of the page, as the browser sees it
 * @param person who looks
 * @param seesAll whether they see the jobs of all
 * @param oldest age of an answer that is good enough; zero for a new one
 */
record LiveRead(String address, Principal person, boolean seesAll, Duration oldest) {
    /** The header that tells how many milliseconds old the answer may be. */
    static final String HEADER = "Longhaul-Live";

    private static final Pattern MILLIS = Pattern.compile("[0-9]{1,4}");

    /** What an answer depends on. */
    record Key(String address, Principal person, boolean seesAll) {}

    /** Empty for other requests than these. */
    static Optional<LiveRead> of(HttpServletRequest request) {
        String header = request.getHeader(HEADER);
        if (header == null
                || !request.getMethod().equals("GET")
                || !MILLIS.matcher(header).matches()) {
            return Optional.empty();
        }
        String address = request.getHeader("Host") + request.getRequestURI() + "?" + request.getQueryString();
        Caller caller = Caller.of(request);
        return Optional.of(
                new LiveRead(address, caller.principal(), caller.seesAll(), Duration.ofMillis(Long.parseLong(header))));
    }

    /** The key of an answer for this person only. */
    Key own() {
        return new Key(address, person, seesAll);
    }

    /** The key of an answer for all like this person. Whoever may change only their own jobs sees buttons at these only. */
    Key shared() {
        boolean sameForAll = seesAll && person.role() != Role.SUBMIT;
        return sameForAll ? new Key(address, new Principal("", person.role(), person.tools()), true) : own();
    }
}
