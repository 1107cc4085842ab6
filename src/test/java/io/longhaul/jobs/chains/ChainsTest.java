package io.longhaul.jobs.chains;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.files.FileStore;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobExtras;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.intake.FilesTaken;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.testing.Allocated;
import io.longhaul.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

class ChainsTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final Chains chains = new Chains(JOBS.jdbi(), ChainsTest::refuseNumbers, 200);
    private final JointCommit commits = new JointCommit(JOBS.jdbi(), new JobSignals());

    private static void refuseNumbers(Submission submission) throws SubmissionRejected {
        if (submission.params().equals("1")) {
            throw new SubmissionRejected(SubmissionRejected.Reason.INVALID_PARAMS, "1 does not fit.", List.of());
        }
        if (submission.tool().equals("elsewhere")) {
            throw new SubmissionRejected(SubmissionRejected.Reason.UNKNOWN_TOOL, "No such tool.", List.of());
        }
    }

    private Submission submission(String tool, String params, Instant runAt, boolean any, UUID... after) {
        JobExtras extras = JobExtras.of(e -> {
            e.after = List.of(after);
            e.afterAny = any;
        });
        return TestJobs.submission(s -> {
            s.tool = tool;
            s.params = params;
            s.runAt = runAt;
            s.extras = extras;
        });
    }

    private UUID after(UUID... predecessors) {
        return commit(submission(TestJobs.TOOL, "{}", null, false, predecessors));
    }

    private UUID afterAny(UUID... predecessors) {
        return commit(submission(TestJobs.TOOL, "{}", null, true, predecessors));
    }

    private UUID with(String params, UUID... predecessors) {
        return commit(submission(TestJobs.TOOL, params, null, false, predecessors));
    }

    private UUID commit(Submission submission) {
        return commits.commit(List.of(submission), null, true)
                .results()
                .get(0)
                .submitted()
                .job()
                .id();
    }

    private UUID completed(String result) {
        Lease lease = JOBS.leased();
        JOBS.complete(lease, result);
        return lease.jobId();
    }

    private UUID failed() {
        Lease lease = JOBS.leased();
        JOBS.fail(lease);
        return lease.jobId();
    }

    private Chains.Settled settle(UUID... ended) {
        return chains.settle(List.of(ended));
    }

    private boolean isClaimable(UUID id) {
        return JOBS.claim(JOBS.liveNode(), 3, 100, TestJobs.TOOL).stream()
                .anyMatch(job -> job.lease().jobId().equals(id));
    }

    private long waits() {
        return JOBS.count("SELECT count(*) FROM job_dependencies");
    }

    private static Chains withFiles() {
        return new Chains(JOBS.jdbi(), ChainsTest::refuseNumbers, 200, ChainsTest::fileOf, FileStore::ofPrincipal);
    }

    private static UUID uploadedBy(String principal) {
        UUID file = UUID.randomUUID();
        JOBS.update(
                "INSERT INTO files (id, name, media_type, bytes, sha256, expires_at, principal)"
                        + " VALUES (?, 'a', 'b', 0, '', NOW(), ?)",
                file,
                principal);
        return file;
    }

    /** A job that takes the result of a completed job, which is the id of a file. */
    private UUID taking(UUID file, String principal) {
        UUID first = completed("\"" + file + "\"");
        return commit(submission(TestJobs.TOOL, "{\"$result\": \"" + first + "\"}", null, false, first)
                .ownedBy(principal));
    }

    /** A submission with params "<id>" uses the file of that id. */
    private static List<FilesTaken.Taken> fileOf(Submission submission) {
        String params = submission.params();
        return params.length() == 38
                ? List.of(new FilesTaken.Taken("", UUID.fromString(params.substring(1, 37))))
                : List.of();
    }

    @Test
    void aFileThatAJobLeftIsAnInputOfItsSuccessor() {
        UUID file = UUID.randomUUID();
        JOBS.update(
                "INSERT INTO files (id, name, media_type, bytes, sha256, expires_at) VALUES (?, 'a', 'b', 0, '', NOW())",
                file);
        Lease first = JOBS.leased();
        JOBS.update(
                "INSERT INTO job_files VALUES (?, 1, 'plots/a', ?), (?, 2, 'stale', ?)",
                first.jobId(),
                file,
                first.jobId(),
                file);
        UUID job = with("{\"$result\": \"" + first.jobId() + "\", \"file\": \"plots/a\"}", first.jobId());
        UUID without = with("{\"$result\": \"" + first.jobId() + "\", \"file\": \"stale\"}", first.jobId());
        JOBS.complete(first, "{}");
        Chains.Settled settled = withFiles().settle(List.of(first.jobId()));
        assertThat(settled.released()).containsExactly(job);
        assertThat(JOBS.job(job).params()).isEqualTo("\"" + file + "\"");
        assertThat(JOBS.count("SELECT count(*) FROM job_files WHERE job_id = ? AND attempt = 0", job))
                .isEqualTo(1);
        assertThat(JOBS.job(without).errorCode()).isEqualTo("INVALID_REFERENCE");
        assertThat(JOBS.job(without).errorMessage()).contains("stands for the file stale of job");
    }

    @Test
    void aFileThatAResultNamesIsGivenToTheJobThatTakesIt() {
        UUID file = UUID.randomUUID();
        JOBS.update(
                "INSERT INTO files (id, name, media_type, bytes, sha256, expires_at) VALUES (?, 'a', 'b', 0, '', NOW())",
                file);
        Lease first = JOBS.leased();
        Lease other = JOBS.leased();
        UUID job = with("{\"$result\": \"" + first.jobId() + "\"}", first.jobId());
        UUID without = with("{\"$result\": \"" + other.jobId() + "\"}", other.jobId());
        JOBS.complete(first, "\"" + file + "\"");
        JOBS.complete(other, "\"" + UUID.randomUUID() + "\"");
        Chains.Settled settled = withFiles().settle(List.of(first.jobId(), other.jobId()));
        assertThat(settled.released()).containsExactly(job);
        assertThat(settled.ended()).containsExactly(without);
        assertThat(JOBS.job(without).errorMessage()).contains("There is no file");
        assertThat(JOBS.count("SELECT count(*) FROM job_files WHERE job_id = ? AND file_id = ?", job, file))
                .isEqualTo(1);
        assertThat(JOBS.count("SELECT count(*) FROM files WHERE id = ? AND expires_at > NOW() + INTERVAL '1 h'", file))
                .isEqualTo(1);
    }

    @Test
    void aResultNamesNoFileOfAnotherPrincipal() {
        UUID secret = uploadedBy("gina");
        UUID thief = taking(secret, "hans");
        UUID missing = taking(UUID.randomUUID(), "hans");
        UUID owner = taking(secret, "gina");
        UUID nobodys = taking(uploadedBy(null), "hans");
        Chains.Settled settled = withFiles().settle(chains.look(null, 100).ended());
        assertThat(settled.ended()).containsExactlyInAnyOrder(thief, missing, nobodys);
        assertThat(settled.released()).containsExactly(owner);
        assertThat(JOBS.job(thief).errorCode()).isEqualTo("INVALID_PARAMS");
        assertThat(JOBS.job(thief).errorMessage().replace(secret.toString(), "X"))
                .as("the words for a file that does not exist")
                .isEqualTo(JOBS.job(missing)
                        .errorMessage()
                        .replaceFirst("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "X"));
        assertThat(JOBS.count("SELECT count(*) FROM job_files WHERE job_id = ?", thief))
                .isZero();
    }

    @Test
    void aResultNamesAFileThatAnotherJobOfThePrincipalHas() {
        UUID file = uploadedBy("gina");
        UUID earlier = commit(TestJobs.submission(s -> {}).ownedBy("hans"));
        JOBS.update("INSERT INTO job_files VALUES (?, 0, '/file', ?)", earlier, file);
        UUID job = taking(file, "hans");
        assertThat(withFiles().settle(chains.look(null, 100).ended()).released())
                .containsExactly(job);
    }

    @Test
    void aFileThatAJobOfAnotherLeftIsGivenToWhoMaySubmitAfterIt() {
        UUID file = uploadedBy(null);
        Lease first = JOBS.leased();
        JOBS.update("INSERT INTO job_files VALUES (?, 1, 'a', ?)", first.jobId(), file);
        String params = "{\"$result\": \"" + first.jobId() + "\", \"file\": \"a\"}";
        UUID job = commit(
                submission(TestJobs.TOOL, params, null, false, first.jobId()).ownedBy("an operator"));
        JOBS.complete(first, "{}");
        assertThat(withFiles().settle(List.of(first.jobId())).released()).containsExactly(job);
    }

    @Test
    void aJobWaitsUntilAllItWaitsForHaveCompleted() {
        Lease first = JOBS.leased();
        Lease second = JOBS.leased();
        UUID waiting = after(first.jobId(), second.jobId());
        assertThat(JOBS.job(waiting).awaits()).isEqualTo(2);
        assertThat(isClaimable(waiting)).isFalse();
        JOBS.complete(first, "1");
        assertThat(settle(first.jobId()).released()).isEmpty();
        assertThat(JOBS.job(waiting).awaits()).isEqualTo(1);
        JOBS.complete(second, "2");
        assertThat(settle(second.jobId()).released()).containsExactly(waiting);
        assertThat(JOBS.job(waiting).awaits()).isZero();
        assertThat(isClaimable(waiting)).isTrue();
        assertThat(waits()).isZero();
    }

    @Test
    void aJobThatHasNotEndedReleasesNothing() {
        Lease running = JOBS.leased();
        UUID waiting = after(running.jobId(), JOBS.pending());
        assertThat(settle(running.jobId()).released()).isEmpty();
        assertThat(JOBS.job(waiting).awaits()).isEqualTo(2);
    }

    @Test
    void aJobIsCancelledWhenAPredecessorFails() {
        UUID failed = failed();
        UUID waiting = after(failed, JOBS.pending());
        assertThat(settle(failed).ended()).containsExactly(waiting);
        Job job = JOBS.job(waiting);
        assertThat(job.status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(job.errorCode()).isEqualTo("PREDECESSOR_FAILED");
        assertThat(job.errorMessage()).isEqualTo("It was to run after job " + failed + ", which failed.");
        assertThat(waits()).isZero();
    }

    @Test
    void withAnyEndAJobRunsAfterAFailedOneToo() {
        UUID failed = failed();
        UUID waiting = afterAny(failed);
        assertThat(settle(failed).released()).containsExactly(waiting);
        assertThat(isClaimable(waiting)).isTrue();
    }

    @Test
    void aCancelledJobCancelsItsSuccessors() {
        UUID first = JOBS.pending();
        UUID second = after(first);
        UUID third = after(second);
        UUID fourth = after(third);
        JOBS.cancel(second);
        assertThat(settle(second).ended()).containsExactly(third, fourth);
        assertThat(JOBS.job(fourth).errorMessage())
                .isEqualTo("It was to run after job " + third + ", which was cancelled.");
        assertThat(waits()).isZero();
    }

    @Test
    void aRemovedPredecessorCountsAsNotCompletedAndTheErrorSaysSo() {
        UUID removed = completed("1");
        UUID waiting = after(removed);
        UUID anyway = afterAny(removed);
        JOBS.update("DELETE FROM jobs WHERE id = ?", removed);
        settle(removed);
        assertThat(JOBS.job(waiting).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(JOBS.job(waiting).errorMessage()).contains("was removed before anybody saw how it ended");
        assertThat(isClaimable(anyway)).isTrue();
    }

    @Test
    void anUnknownPredecessorIsRefusedAndNothingIsStored() {
        UUID unknown = UUID.randomUUID();
        JointCommit.Answer answer =
                commits.commit(List.of(submission("echo", "{}", null, false, JOBS.pending(), unknown)), null, true);
        assertThat(answer.stored()).isFalse();
        assertThat(answer.results().get(0).rejected().fields())
                .extracting(SubmissionRejected.Field::pointer)
                .containsExactly("/after/1");
        assertThat(JOBS.count("SELECT count(*) FROM jobs")).isEqualTo(1);
    }

    @Test
    void aPredecessorThatEndedBeforeTheCommitIsFoundAfterIt() {
        UUID ended = completed("1");
        UUID waiting = after(ended);
        assertThat(settle(ended).released()).containsExactly(waiting);
    }

    @Test
    void aSweepFindsEndsWithoutASignal() {
        UUID ended = completed("1");
        UUID open = JOBS.pending();
        UUID waiting = after(ended);
        after(open);
        Chains.Page all = chains.look(null, 10);
        assertThat(all.ended()).containsExactly(ended);
        assertThat(all.next()).isNull();
        assertThat(all.empty()).isFalse();
        assertThat(chains.settle(all.ended()).released()).containsExactly(waiting);
    }

    @Test
    void aSweepReadsAllAwaitedJobsInPages() {
        UUID other = completed("1");
        after(other);
        UUID crowded = JOBS.pending();
        for (int i = 0; i < 30; i++) {
            after(crowded);
        }
        Chains.Page first = chains.look(null, 1);
        Chains.Page second = chains.look(first.next(), 1);
        Chains.Page third = chains.look(second.next(), 1);
        assertThat(List.of(first.ended(), second.ended())).contains(List.of(other), List.of());
        assertThat(third.next()).isNull();
        assertThat(chains.look(null, 10).empty()).isFalse();
    }

    @Test
    void allJobsThatWaitForOneJobAreReleased() {
        Lease lease = JOBS.leased();
        commits.commit(
                java.util.Collections.nCopies(1_200, submission("echo", "{}", null, false, lease.jobId())), null, true);
        JOBS.complete(lease, "1");
        assertThat(settle(lease.jobId()).released()).hasSize(1_200).doesNotHaveDuplicates();
        assertThat(waits()).isZero();
    }

    @Test
    void aWaitingJobDoesNotExpireAndItsTimeCountsFromItsRelease() {
        Lease lease = JOBS.leased();
        UUID waiting = after(lease.jobId());
        UUID unlimited = after(lease.jobId());
        JOBS.update("UPDATE jobs SET start_within_seconds = 3600 WHERE id = ?", waiting);
        JOBS.update("UPDATE jobs SET created_at = NOW() - INTERVAL '3 days'");
        assertThat(JOBS.transitions().expirePending(10, null)).isEmpty();
        JOBS.complete(lease, "1");
        settle(lease.jobId());
        assertThat(JOBS.stored(
                        waiting,
                        "expires_at BETWEEN NOW() + INTERVAL '59 minutes' AND NOW() + INTERVAL '60 minutes'",
                        Boolean.class))
                .isTrue();
        assertThat(JOBS.stored(unlimited, "expires_at = 'infinity'", Boolean.class))
                .isTrue();
        assertThat(JOBS.stored(unlimited, "run_at > created_at + INTERVAL '2 days'", Boolean.class))
                .as("it has waited for a worker since its release only")
                .isTrue();
    }

    @Test
    void aJobWaitsForItsOwnTimeAfterItsPredecessors() {
        Instant later = Instant.now().plus(2, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MICROS);
        UUID ended = completed("1");
        UUID waiting = commit(submission("echo", "{}", later, false, ended));
        assertThat(JOBS.job(waiting).runAt()).isEqualTo(later);
        JOBS.update("UPDATE job_dependencies SET not_before = NOW() - INTERVAL '1 s'");
        assertThat(JOBS.transitions().releaseDelayed(10, null)).isZero();
        JOBS.update("UPDATE job_dependencies SET not_before = ?::timestamptz", later.toString());
        settle(ended);
        assertThat(JOBS.job(waiting).runAt()).isEqualTo(later);
        assertThat(isClaimable(waiting)).isFalse();
        JOBS.update("UPDATE jobs SET run_at = NOW() WHERE id = ?", waiting);
        JOBS.transitions().releaseDelayed(10, null);
        assertThat(isClaimable(waiting)).isTrue();
    }

    @Test
    void aJobWithAKeyIsReleasedLikeOneWhoseTimeHasCome() {
        UUID ended = completed("1");
        JobExtras extras = JobExtras.of(e -> {
            e.fairnessKey = "team";
            e.after = List.of(ended);
        });
        UUID waiting = commit(TestJobs.submission(s -> s.extras = extras));
        settle(ended);
        assertThat(JOBS.stored(waiting, "delayed AND awaits = 0 AND run_at <= NOW()", Boolean.class))
                .isTrue();
        JOBS.transitions().releaseDelayed(10, null);
        assertThat(isClaimable(waiting)).isTrue();
    }

    @Test
    void resultsArePutWhereTheParamsNameThem() {
        UUID one = completed("{\"a\": [1.10, {\"b\": \"$result\"}]}");
        UUID two = completed("\"two\"");
        UUID waiting = with(
                "{\"all\": {\"$result\": \"%s\"}, \"list\": [{\"$result\": \"%s\", \"pointer\": \"/a/0\"}, 7]}"
                        .formatted(two, one),
                one,
                two);
        settle(one, two);
        assertThat(JOBS.job(waiting).params()).isEqualTo("{\"all\": \"two\", \"list\": [1.10, 7]}");
        assertThat(isClaimable(waiting)).isTrue();
    }

    @Test
    void referencesInsideAResultAreNotResolved() {
        String inner = "{\"$result\": \"" + UUID.randomUUID() + "\"}";
        UUID one = completed(inner);
        UUID waiting = with("{\"$result\": \"" + one + "\"}", one);
        settle(one);
        assertThat(JOBS.job(waiting).params()).isEqualTo(inner);
    }

    @Test
    void aReferenceThatLeadsNowhereFailsTheJob() {
        UUID one = completed("{\"a\": 1}");
        UUID waiting = with("[{\"$result\": \"" + one + "\", \"pointer\": \"/b\"}]", one);
        UUID next = after(waiting);
        assertThat(settle(one).ended()).containsExactly(waiting, next);
        Job job = JOBS.job(waiting);
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.errorCode()).isEqualTo("INVALID_REFERENCE");
        assertThat(job.errorMessage())
                .isEqualTo(
                        "params/0 stands for /b of the result of job " + one + ", and there is nothing at that place.");
        assertThat(job.completedAt()).isNotNull();
    }

    @Test
    void aReferenceToAFailedJobFailsTheJob() {
        UUID failed = failed();
        UUID waiting = commit(submission("echo", "{\"$result\": \"" + failed + "\"}", null, true, failed));
        settle(failed);
        assertThat(JOBS.job(waiting).errorMessage()).contains("which has none");
    }

    @Test
    void paramsThatDoNotFitWithTheResultInThemFailTheJob() {
        UUID one = completed("1");
        UUID waiting = with("{\"$result\": \"" + one + "\"}", one);
        settle(one);
        assertThat(JOBS.job(waiting).errorCode()).isEqualTo("INVALID_PARAMS");
        assertThat(JOBS.job(waiting).errorMessage()).isEqualTo("1 does not fit.");
    }

    @Test
    void paramsThatGrowTooLargeFailTheJob() {
        UUID one = completed("\"" + "x".repeat(300) + "\"");
        UUID waiting = with("{\"$result\": \"" + one + "\"}", one);
        settle(one);
        assertThat(JOBS.job(waiting).errorMessage()).contains("larger than 200 bytes");
    }

    /** 9 GB in total if the results were put in before they are measured. */
    @Test
    @Timeout(60)
    void aResultThatIsNamedTenThousandTimesIsReadOnceAndNotPutInBeyondTheLimit() {
        UUID one = completed("[\"" + "x".repeat(900_000) + "\", 5]");
        UUID large = with(references(one, "/0", 10_000), one);
        UUID small = with(references(one, "/1", 10_000), one);
        new Chains(JOBS.jdbi(), submission -> {}, 1 << 20).settle(List.of(one));
        assertThat(JOBS.job(large).errorMessage()).contains("larger than 1048576 bytes");
        assertThat(JOBS.job(small).params()).startsWith("[5, 5, 5, ");
    }

    /** 430 MB if the parts, which lie in one another, were copied before they are measured. */
    @Test
    void partsThatLieInOneAnotherAreMeasuredBeforeTheyAreCopied() throws Exception {
        UUID one = completed("{\"a\":".repeat(480) + "\"" + "x".repeat(900_000) + "\"" + "}".repeat(480));
        String nested = IntStream.rangeClosed(1, 480)
                .mapToObj(depth -> "{\"$result\": \"%s\", \"pointer\": \"%s\"}".formatted(one, "/a".repeat(depth)))
                .collect(Collectors.joining(",", "[", "]"));
        UUID job = with(nested, one);
        Chains large = new Chains(JOBS.jdbi(), submission -> {}, 1 << 20);
        assertThat(Allocated.by(() -> large.settle(List.of(one)))).isLessThan(100 << 20);
        assertThat(JOBS.job(job).errorMessage()).contains("larger than 1048576 bytes");
    }

    @Test
    void aJobThatThisNodeCannotSettleIsLeftAndBlocksNoOther() {
        UUID one = completed("5");
        UUID stuck = with("{\"$result\": \"" + one + "\"}", one);
        UUID other = with("[{\"$result\": \"" + one + "\"}]", one);
        for (Throwable thrown : List.of(new IllegalStateException("x"), new OutOfMemoryError("x"))) {
            Chains failing = new Chains(JOBS.jdbi(), submission -> throwFor("5", submission, thrown), 200);
            failing.settle(List.of(one));
            assertThat(JOBS.job(stuck).status()).isEqualTo(JobStatus.PENDING);
            assertThat(JOBS.job(other).params()).isEqualTo("[5]");
        }
        assertThat(settle(one).released()).containsExactly(stuck);
    }

    private static void throwFor(String params, Submission submission, Throwable thrown) {
        if (submission.params().equals(params)) {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        }
    }

    private static String references(UUID job, String pointer, int times) {
        String one = "{\"$result\": \"%s\", \"pointer\": \"%s\"}".formatted(job, pointer);
        return "[" + String.join(",", Collections.nCopies(times, one)) + "]";
    }

    @Test
    void aJobWithUnreadableResultsFailsAndBlocksNoOther() {
        UUID one = completed("\"large\"");
        UUID named = with("{\"$result\": \"" + one + "\"}", one);
        UUID others = with("[{\"$result\": \"" + one + "\"}]", one);
        Chains.Settled settled = new Chains(JOBS.jdbi(), ChainsTest::tooLargeToBeRead, 200).settle(List.of(one));
        assertThat(settled.released()).containsExactly(others);
        assertThat(JOBS.job(named).errorCode()).isEqualTo("INVALID_REFERENCE");
        assertThat(JOBS.job(named).errorMessage()).contains("cannot be read");
    }

    private static void tooLargeToBeRead(Submission submission) {
        if (submission.params().equals("\"large\"")) {
            throw new UnableToExecuteStatementException(
                    new SQLException("string buffer exceeds maximum allowed length", "54000"), null);
        }
    }

    @Test
    void aNodeWithoutTheToolLeavesItsJobsToOtherNodes() {
        UUID one = completed("2");
        UUID theirs = commit(submission("elsewhere", "{\"$result\": \"" + one + "\"}", null, false, one));
        UUID plain = commit(submission("elsewhere", "{}", null, false, one));
        assertThat(settle(one).released()).containsExactly(plain);
        assertThat(JOBS.job(theirs).status()).isEqualTo(JobStatus.PENDING);
        Chains node = new Chains(JOBS.jdbi(), submission -> {}, 200);
        assertThat(node.settle(node.look(null, 10).ended()).released()).containsExactly(theirs);
    }

    @Test
    void dependenciesOfJobsThatAnOlderNodeCancelledAreDeleted() {
        UUID one = completed("1");
        UUID waiting = after(one);
        JOBS.update("UPDATE jobs SET status = 'cancelled', completed_at = NOW() WHERE id = ?", waiting);
        assertThat(settle(one).released()).isEmpty();
        assertThat(waits()).isZero();
    }

    @Test
    void twoNodesThatSettleDifferentPredecessorsReleaseTheJobOnce() {
        Lease first = JOBS.leased();
        Lease second = JOBS.leased();
        UUID waiting = after(first.jobId(), second.jobId());
        JOBS.complete(first, "1");
        try (Parked holder = new Parked(JOBS.jdbi())) {
            holder.execute("SELECT FROM jobs WHERE id = ? FOR NO KEY UPDATE", waiting);
            CompletableFuture<Chains.Settled> one = Parked.beside(() -> settle(first.jobId()));
            holder.awaitWaiters(1);
            JOBS.complete(second, "2");
            CompletableFuture<Chains.Settled> two = Parked.beside(() -> settle(second.jobId()));
            holder.awaitWaiters(2);
            holder.commit();
            assertThat(one.join().released().size() + two.join().released().size())
                    .isEqualTo(1);
        }
        assertThat(JOBS.job(waiting).awaits()).isZero();
        assertThat(isClaimable(waiting)).isTrue();
        assertThat(waits()).isZero();
    }

    @Test
    void aCancelThatComesFirstWinsAgainstARelease() {
        UUID one = completed("1");
        UUID waiting = after(one);
        try (Parked holder = new Parked(JOBS.jdbi())) {
            holder.transitions().lock(waiting);
            holder.transitions().cancel(waiting);
            CompletableFuture<Chains.Settled> release = Parked.beside(() -> settle(one));
            holder.awaitWaiters(1);
            holder.commit();
            assertThat(release.join().released()).isEmpty();
        }
        assertThat(JOBS.job(waiting).status()).isEqualTo(JobStatus.CANCELLED);
    }

    @Test
    void aWaitingJobThatCannotBeChangedHoldsUpNoOtherOfItsPage() {
        UUID broken = failed();
        UUID one = completed("1");
        UUID plain = after(one);
        UUID refused = after(one);
        UUID withResult = with("{\"a\": {\"$result\": \"" + one + "\"}}", one);
        UUID refusedWithResult = with("{\"a\": {\"$result\": \"" + one + "\"}}", one);
        UUID cancelled = after(broken);
        String both = "OLD.id IN ('" + refused + "', '" + refusedWithResult + "')";
        JOBS.refusing("jobs", both, () -> {
            Chains.Settled settled = settle(one, broken);
            assertThat(settled.released()).containsExactlyInAnyOrder(plain, withResult);
            assertThat(settled.ended()).containsExactly(cancelled);
            assertThat(settled.refused())
                    .extracting(Chains.Refused::job)
                    .containsExactlyInAnyOrder(refused, refusedWithResult);
            assertThat(settle(one).refused()).as("set aside for a while").isEmpty();
        });
        JOBS.retryRefused();
        assertThat(settle(one).released()).containsExactlyInAnyOrder(refused, refusedWithResult);
    }

    @Test
    void aJobWhoseRowIsHeldIsSettledOnceItIsFreeAndHoldsUpNoOther() {
        Chains impatient = new Chains(Parked.impatient(DATABASE), ChainsTest::refuseNumbers, 200);
        UUID one = completed("1");
        UUID held = after(one);
        UUID other = after(one);
        try (Parked holder = new Parked(JOBS.jdbi())) {
            holder.execute("SELECT FROM jobs WHERE id = ? FOR UPDATE", held);
            assertThat(impatient.settle(List.of(one)).released()).containsExactly(other);
        }
        assertThat(impatient.settle(List.of(one)).released()).containsExactly(held);
    }

    /** Each would take as long as the database waits for a lock. */
    @Test
    void jobsWhoseRowsAreHeldAreWaitedForOnce() {
        Jdbi jdbi = Parked.impatient(DATABASE);
        AtomicInteger failures = Parked.countFailures(jdbi);
        Chains impatient = new Chains(jdbi, ChainsTest::refuseNumbers, 200);
        UUID one = completed("1");
        List<UUID> held = List.of(after(one), after(one), after(one));
        UUID other = after(one);
        try (Parked holder = new Parked(JOBS.jdbi())) {
            held.forEach(job -> holder.execute("SELECT FROM jobs WHERE id = ? FOR UPDATE", job));
            assertThat(impatient.settle(List.of(one)).released()).containsExactly(other);
            assertThat(impatient.settle(List.of(one)).released()).isEmpty();
            assertThat(failures).hasValue(1);
        }
        assertThat(impatient.settle(List.of(one)).released()).containsExactlyInAnyOrderElementsOf(held);
    }
}
