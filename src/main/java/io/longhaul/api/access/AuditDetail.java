package io.longhaul.api.access;

import jakarta.servlet.http.HttpServletRequest;

/** What the log of operators' actions says of a request beside its address. */
public final class AuditDetail {
    private static final String ATTRIBUTE = AuditDetail.class.getName();

    private AuditDetail() {}

    /** Adds it to the entry of a request, without any secret. */
    public static void of(String detail, HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, detail);
    }

    /** With a space in front; empty if there is none. */
    static String in(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof String detail ? " " + detail : "";
    }
}
