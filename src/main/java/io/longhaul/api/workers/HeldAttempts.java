package io.longhaul.api.workers;

import io.longhaul.api.http.Ids;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.workers.remote.LeaseLostException;
import io.longhaul.workers.remote.Remote;
import io.longhaul.workers.remote.RemoteAttempts;
import io.longhaul.workers.remote.RemoteAttempts.Held;
import io.longhaul.workers.remote.RemoteWorker;
import java.util.Optional;
import java.util.UUID;

/** Finds the attempts that workers' requests name. */
final class HeldAttempts {
    private final Remote remote;

    HeldAttempts(Remote remote) {
        this.remote = remote;
    }

    /** The worker of a token. */
    RemoteWorker worker(String token) {
        try {
            return remote.workers().find(token);
        } catch (LeaseLostException e) {
            throw WorkersResource.refused(e);
        }
    }

    /** The attempt of a worker, unless it does not hold it any more. */
    Optional<Held> held(RemoteWorker worker, String id, String attempt) {
        int number = number(attempt);
        return remote.attempts()
                .held(worker, job(id))
                .filter(held -> held.job().lease().attempt() == number);
    }

    /** The attempt that the worker of a token holds. */
    Held holding(String token, String id, String attempt) {
        return held(worker(token), id, attempt).orElseThrow(() -> notHeld(id));
    }

    RefusedException notHeld(String id) {
        return remote.attempts().exists(job(id))
                ? WorkersResource.refused(RemoteAttempts.lost())
                : JobResource.notFound(id);
    }

    static UUID job(String id) {
        return Ids.parse(id).orElseThrow(() -> JobResource.notFound(id));
    }

    /** 0, which no attempt has, for anything else. */
    static int number(String attempt) {
        return attempt.matches("[1-9]\\d{0,8}") ? Integer.parseInt(attempt) : 0;
    }
}
