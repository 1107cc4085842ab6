package io.longhaul.doctor;

import io.longhaul.environment.FileFault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Checks the certificates that this server shows to its clients. */
final class CertificateChecks {
    private static final String NAME = "certificates";

    /** Enough to get a new one by hand. */
    private static final Duration SOON = Duration.ofDays(14);

    private CertificateChecks() {}

    static List<Result> look(List<Setup.Keys> all, Instant now) {
        return all.stream().map(keys -> look(keys, now)).toList();
    }

    private static Result look(Setup.Keys keys, Instant now) {
        try {
            return firstEnd(keys)
                    .map(end -> judge(keys.file(), end, now))
                    .orElseGet(() -> Result.fail(
                            NAME,
                            keys.file() + " holds no certificate.",
                            "Put the server's key and certificate there."));
        } catch (IOException | GeneralSecurityException e) {
            return unreadable(keys, e);
        }
    }

    /** The first that cannot be read at all, whatever it holds. */
    static Optional<Result> unreadable(List<Setup.Keys> all) {
        for (Setup.Keys keys : all) {
            try {
                firstEnd(keys);
            } catch (IOException | GeneralSecurityException e) {
                return Optional.of(unreadable(keys, e));
            }
        }
        return Optional.empty();
    }

    private static Result unreadable(Setup.Keys keys, Exception why) {
        return Result.fail(
                NAME,
                keys.file() + " cannot be read: "
                        + (why instanceof IOException io ? FileFault.ofReading(io) : why.getMessage()),
                "Correct keyStorePath, keyStorePassword and keyStoreType of the connector.");
    }

    private static Result judge(Path file, Instant end, Instant now) {
        long days = Duration.between(now, end).toDays();
        String cure = "Put a new certificate there, and restart the server.";
        if (end.isBefore(now)) {
            return Result.fail(NAME, "The certificate in " + file + " has been invalid since " + end + ".", cure);
        }
        String message = "The certificate in " + file + " is valid for " + days + " more days.";
        return Duration.between(now, end).compareTo(SOON) < 0
                ? Result.warn(NAME, message, cure)
                : Result.ok(NAME, message);
    }

    private static Optional<Instant> firstEnd(Setup.Keys keys) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(keys.type());
        try (InputStream in = Files.newInputStream(keys.file())) {
            store.load(in, keys.password().toCharArray());
        }
        Optional<Instant> first = Optional.empty();
        for (String alias : Collections.list(store.aliases())) {
            Certificate one = store.getCertificate(alias);
            if (one instanceof X509Certificate certificate) {
                Instant end = certificate.getNotAfter().toInstant();
                first = first.filter(other -> other.isBefore(end)).or(() -> Optional.of(end));
            }
        }
        return first;
    }
}
