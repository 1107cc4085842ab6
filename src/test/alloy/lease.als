module lease

/*
 * How a job is leased, fenced, cancelled, rescued and ended: the statements that change one job, between nodes that are
 * killed, paused and cut off at any moment. Each event names the statement that it stands for (class#method in
 * io.longhaul.jobs.sql).
 *
 * One job is enough, because each statement decides job by job. PostgreSQL runs the statements at READ COMMITTED, so a
 * worker's write has two steps here: it reads its lease in a snapshot ("send"), and later finds the row locked by others or
 * changed, and compares status and attempt again ("write"). A claim ("look", "take") and a rescue ("condemn", "rescue")
 * have two steps for the same reason. Time is not modelled: a node's lease may lapse whenever it pleases, whether its
 * process is dead, paused, cut off, or quite well but late.
 *
 * Each guard of the statements can be dropped. With all of them the checks hold within their scope (expect 0); each twin
 * drops one, and must break what the guard is for (expect 1).
 */
open util/ordering[Attempt] as numbers

// ---- The guards.

abstract sig Guard {}
one sig
    ClaimComparesStatus,        // Claims#claim: j.status = 'pending', compared again when the row is locked
    ClaimLeavesLeases,          // Claims.LEASED: ON CONFLICT (job_id) DO NOTHING
    ShowComparesAttempt,        // JobTransitions#showRunning: j.attempt = d.attempt - 1
    EndComparesLease,           // JobTransitions#complete and the like: the join with the lease that the worker names
    EndComparesAttempt,         // the same: j.attempt = d.attempt - 1
    EndComparesStatus,          // the same: j.status IN ('pending', 'running')
    RetryCountsUp,              // JobTransitions#failOrRetry: attempt = d.attempt
    WaitLocksFirst,             // JobTransitions#lockAll before waitForInput: no answer comes between
    UnclaimIsBeforeWork,        // JobTransitions#unclaim: only leases under which no work began
    CancelTakesTheLease,        // JobTransitions#cancel: DELETE FROM job_leases
    CancelComparesStatus,       // the same: j.status IN ('pending', 'running')
    RescueComparesExpiry,       // LostWorkerTransitions#rescue: n.lease_until < NOW()
    RescueCountsUp,             // the same: attempt = d.attempt
    RescueComparesStatus,       // the same: j.status IN ('pending', 'running')
    RescueTakesPending,         // the same: not only 'running': a short job is never shown as running
    UnknownLeasesGoBack         // NodeLeases#held with JobTransitions#giveBack: a claim whose answer was lost
  extends Guard {}
sig Dropped in Guard {}

pred kept [g: Guard] { g not in Dropped }
pred only [g: Guard] { Dropped = g }

// ---- The database, the nodes, and what happened.

abstract sig Status {}
one sig Pending, Running, Completed, Failed, Cancelled extends Status {}
fun ended: set Status { Completed + Failed + Cancelled }

/** Numbers of attempts. The last one in the scope is the last one that the job may have: it fails if that one does not complete it. */
sig Attempt {}

/** The row in jobs and the one in job_leases. No attempt is 0. */
one sig Job {
    var status: one Status,
    var attempt: lone Attempt,
    var lease: Attempt -> Run
}
var sig Delayed in Job {}   // jobs.delayed
var sig Waiting in Job {}   // ... until a question is answered
var sig Open in Job {}      // job_inputs: a question without an answer

/** What a worker can send under its lease. */
abstract sig Verb {}
one sig Show, Complete, Fail, Wait, Back extends Verb {}

/** A run of a node, from its registration (NodeLeases#register) on. */
sig Run {
    var queued: set Attempt,        // claims whose answer is under way, or waits in the node
    var works: set Attempt,         // its tool runs
    var outcome: set Attempt,       // its tool is over, and the node has not heard yet that this is stored
    var sent: Verb -> Attempt       // a statement that has read the lease and not yet written
}
var sig Looking in Run {}       // a claim that has seen the job and not yet locked it
var sig Lapsed in Run {}        // nodes.lease_until < NOW()
var sig Gone in Run {}          // not in nodes any more
var sig Dead in Run {}          // its process is killed, or has heard that it is gone
var sig Condemned in Run {}     // a rescue has read it as lapsed and not yet written
var sig Begun in Attempt {}     // attempts whose tool was really begun

fun up: set Run { Run - Dead - Gone }
fun nextNumber: lone Attempt { some Job.attempt implies Job.attempt.next else first }

pred initially {
    Job.status = Pending
    no attempt + lease.Run
    no Delayed + Waiting + Open
    no queued + works + outcome
    no sent
    no Looking + Lapsed + Gone + Dead + Condemned
    no Begun
}

// ---- What an event leaves as it is.

pred sameRow { status' = status and attempt' = attempt and lease' = lease and Delayed' = Delayed and sameQuestion }
pred sameQuestion { Waiting' = Waiting and Open' = Open }
pred sameNodes { Lapsed' = Lapsed and Gone' = Gone and Dead' = Dead and Condemned' = Condemned }
pred sameWork { queued' = queued and works' = works and outcome' = outcome and Begun' = Begun }
pred sameStatements { sent' = sent and Looking' = Looking }

// ---- Nodes.

/** Time passes, and the node has not renewed its lease. */
pred lapse [r: Run] {
    r not in Lapsed + Gone
    Lapsed' = Lapsed + r
    Gone' = Gone and Dead' = Dead and Condemned' = Condemned
    sameRow and sameWork and sameStatements
}

/** NodeLeases#renew: also after the lease has lapsed, as long as the row is there. */
pred renew [r: Run] {
    r in up & Lapsed
    Lapsed' = Lapsed - r
    Gone' = Gone and Dead' = Dead and Condemned' = Condemned
    sameRow and sameWork and sameStatements
}

/** NodeLeases#forgetDead. */
pred forget [r: Run] {
    r in Lapsed - Gone
    r not in Job.lease[Attempt]
    Gone' = Gone + r
    Lapsed' = Lapsed and Dead' = Dead and Condemned' = Condemned
    sameRow and sameWork and sameStatements
}

/** The process is killed; or NodeLeases#renew finds no row, and the node stops all work and registers anew. Its statements may still be written. */
pred die [r: Run] {
    r not in Dead
    Dead' = Dead + r
    queued' = queued - r->Attempt and works' = works - r->Attempt and outcome' = outcome - r->Attempt
    Lapsed' = Lapsed and Gone' = Gone and Condemned' = Condemned and Begun' = Begun
    sameRow and sameStatements
}

// ---- Claims.

/** Claims#claim, its snapshot: a pending job without a lease, and a node whose own lease holds. */
pred look [r: Run] {
    r in up - Lapsed - Looking
    Job.status = Pending and Job not in Delayed and no Job.lease
    Looking' = Looking + r
    sent' = sent and sameRow and sameNodes and sameWork
}

pred takes {
    kept[ClaimComparesStatus] implies Job.status = Pending
    Job not in Delayed
    some nextNumber
    kept[ClaimLeavesLeases] implies no Job.lease
}

/** Claims#claim, its locks and its insert. */
pred take [r: Run] {
    r in Looking
    Looking' = Looking - r
    takes implies {
        lease' = Job -> nextNumber -> r
        r not in Dead implies queued' = queued + r -> nextNumber else queued' = queued
    } else {
        lease' = lease and queued' = queued
    }
    status' = status and attempt' = attempt and Delayed' = Delayed and sameQuestion
    sent' = sent and works' = works and outcome' = outcome and Begun' = Begun
    sameNodes
}

/** The answer of a claim is lost. */
pred loseAnswer [r: Run, a: Attempt] {
    a in r.queued
    queued' = queued - r->a
    works' = works and outcome' = outcome and Begun' = Begun
    sameRow and sameNodes and sameStatements
}

/** A node begins the tool, whatever has become of the job since it was claimed. */
pred begin [r: Run, a: Attempt] {
    a in r.queued
    queued' = queued - r->a
    works' = works + r->a
    Begun' = Begun + a
    outcome' = outcome
    sameRow and sameNodes and sameStatements
}

/** JobTransitions#unclaim. */
pred unclaim [r: Run, a: Attempt] {
    a in r.queued or (not kept[UnclaimIsBeforeWork] and a in r.works)
    queued' = queued - r->a
    works' = works - r->a
    outcome' = outcome and Begun' = Begun
    lease' = lease - Job->a->r
    status' = status and attempt' = attempt and Delayed' = Delayed and sameQuestion
    sameNodes and sameStatements
}

// ---- Workers.

/** JobInputs#ask. */
pred ask [r: Run, a: Attempt] {
    a in r.works
    a->r in Job.lease
    Open' = Open + Job
    status' = status and attempt' = attempt and lease' = lease and Delayed' = Delayed and Waiting' = Waiting
    sameNodes and sameWork and sameStatements
}

/** A claim of which the node knows nothing, though no answer is under way any more (NodeLeases#held). */
pred unknown [r: Run, a: Attempt] {
    kept[UnknownLeasesGoBack]
    a->r in Job.lease
    a not in r.queued + r.works + r.outcome
    r in up
}

/** A worker's statement, its snapshot: the lease that it names is there. The same outcome is sent again if no answer came. */
pred send [r: Run, v: Verb, a: Attempt] {
    r in up and no r.sent
    v = Show implies a in r.works else (a in r.works + r.outcome or (v = Back and unknown[r, a]))
    v = Wait implies Job in Open
    (kept[EndComparesLease] or v = Show) implies a->r in Job.lease
    sent' = sent + r -> v -> a
    v = Show implies {
        works' = works and outcome' = outcome
    } else {
        works' = works - r->a
        outcome' = outcome + (r -> (a & r.works))
    }
    queued' = queued and Begun' = Begun and Looking' = Looking
    sameRow and sameNodes
}

/** Whether the row is as the statement needs it, once it is locked. */
pred holds [v: Verb, a: Attempt] {
    v = Show implies Job.status = Pending else (kept[EndComparesStatus] implies Job.status not in ended)
    (v = Show and not kept[ShowComparesAttempt]) or (v != Show and not kept[EndComparesAttempt]) or Job.attempt = a.prev
}

fun becomes [v: Verb, a: Attempt]: Status {
    v = Show implies Running
    else v = Complete implies Completed
    else (a = last implies Failed
    else Pending)
}

/**
 * A worker's statement, its write: JobTransitions#showRunning, #complete, #failOrRetry (Fail), #waitForInput (Wait) or
 * #giveBack (Back). Its answer may be lost.
 */
pred write [r: Run, v: Verb, a: Attempt] {
    v->a in r.sent
    sent' = sent - r->v->a
    holds[v, a] implies {
        status' = Job -> becomes[v, a]
        attempt' = ((v = Show or (v = Fail and not kept[RetryCountsUp])) implies attempt else Job->a)
        v = Show implies lease' = lease else lease' = lease - Job->a->r
        Delayed' = ((v in Fail + Wait and becomes[v, a] = Pending) implies Job else Delayed)
        Waiting' = ((v = Wait and (Job in Open or not kept[WaitLocksFirst])) implies Job else Waiting)
        Open' = Open
    } else sameRow
    v = Show implies outcome' = outcome else outcome' in (outcome + (outcome - r->a)) and outcome - r->a in outcome'
    works' = works and queued' = queued and Begun' = Begun and Looking' = Looking
    sameNodes
}

/** NodeLeases#lost, or the notification of a cancel: the node stops work whose lease is gone. */
pred stop [r: Run, a: Attempt] {
    a in r.works + r.outcome
    a->r not in Job.lease and no r.sent
    works' = works - r->a and outcome' = outcome - r->a
    queued' = queued and Begun' = Begun
    sameRow and sameNodes and sameStatements
}

// ---- Users and housekeeping.

/** JobTransitions#lock and #cancel in one transaction. */
pred cancel {
    kept[CancelComparesStatus] implies Job.status not in ended
    status' = Job -> Cancelled
    attempt' = (some Job.lease implies Job -> Job.lease.Run else attempt)
    kept[CancelTakesTheLease] implies no lease' else lease' = lease
    Delayed' = Delayed and sameQuestion
    sameNodes and sameWork and sameStatements
}

/** JobInputs#answer and JobTransitions#goOn in one transaction, or the question's time is over. */
pred answer {
    Job in Open
    no Open'
    no Waiting'
    Delayed' = (Job in Waiting implies none else Delayed)
    status' = status and attempt' = attempt and lease' = lease
    sameNodes and sameWork and sameStatements
}

/** DelayTransitions#releaseDelayed. */
pred release {
    Job.status = Pending and Job in Delayed and Job not in Waiting
    no Delayed'
    status' = status and attempt' = attempt and lease' = lease and sameQuestion
    sameNodes and sameWork and sameStatements
}

/** LostWorkerTransitions#rescue, its snapshot. */
pred condemn [r: Run] {
    r not in Condemned
    kept[RescueComparesExpiry] implies r in Lapsed + Gone
    Condemned' = Condemned + r
    Lapsed' = Lapsed and Gone' = Gone and Dead' = Dead
    sameRow and sameWork and sameStatements
}

/** LostWorkerTransitions#rescue, its locks and its write. */
pred rescue [r: Run, a: Attempt] {
    r in Condemned and a->r in Job.lease
    Condemned' = Condemned - r
    rescued[a] implies {
        status' = Job -> (a = last implies Failed else Pending)
        attempt' = (kept[RescueCountsUp] implies Job->a else attempt)
    } else {
        status' = status and attempt' = attempt
    }
    lease' = lease - Job->a->r
    Delayed' = Delayed and sameQuestion
    Lapsed' = Lapsed and Gone' = Gone and Dead' = Dead
    sameWork and sameStatements
}

pred rescued [a: Attempt] {
    kept[RescueComparesStatus] implies Job.status not in ended
    kept[RescueTakesPending] or Job.status != Pending
    Job.attempt = a.prev
}

pred nothing { sameRow and sameNodes and sameWork and sameStatements }

/** Whom an event is about. Named here and not quantified, because that makes a much smaller problem for the solver. */
one sig Now {
    var node: one Run,
    var number: one Attempt,
    var verb: one Verb
}

pred step [r: Run, a: Attempt, v: Verb] {
    nothing or cancel or answer or release
    or lapse[r] or renew[r] or forget[r] or die[r] or look[r] or take[r] or condemn[r]
    or loseAnswer[r, a] or begin[r, a] or unclaim[r, a] or ask[r, a] or stop[r, a] or rescue[r, a]
    or send[r, v, a] or write[r, v, a]
}

fact traces {
    initially
    always step[Now.node, Now.number, Now.verb]
}

// ---- What must hold.

/** At most one end is effective, and nothing changes it. */
pred anEndIsFinal {
    always (Job.status in ended implies status' = status and attempt' = attempt)
}

/** A worker's statement changes the row only while its lease is the one in the database. */
pred aFencedNodeChangesNothing {
    always ((write[Now.node, Now.verb, Now.number] and not sameRow) implies Now.number -> Now.node in Job.lease)
}

/** No number is begun twice. */
pred anAttemptBeginsOnce {
    always (begin[Now.node, Now.number] implies Now.number not in Begun)
}

/** A job that ended before its claim was answered never begins: a cancelled pending job least of all. */
pred anEndedJobNeverBegins {
    always ((Job.status in ended and no queued) implies always not begin[Now.node, Now.number])
}

/** Of two tools at work for the job, the node of the older one has been late with its lease. */
pred overlapsNeedALapse {
    always all disj r, s: Run, a: r.works, b: s.works | a in b.prevs implies once r in Lapsed
}

/** What the statements take for granted about the rows. */
pred rowsFitTogether {
    always {
        lone Job.lease
        Job.status in ended implies no Job.lease
        Job.status = Running implies some Job.lease
        some Job.lease implies Job.lease.Run = nextNumber
        Job in Waiting and Job.status = Pending implies Job in Open & Delayed
    }
}

pred safe {
    anEndIsFinal and aFencedNodeChangesNothing and anAttemptBeginsOnce and anEndedJobNeverBegins
    overlapsNeedALapse and rowsFitTogether
}

/**
 * What is taken for granted about the world when no job may be stuck: one node lives and renews its lease from some time on,
 * answers are not lost for ever, and what can happen all the time does happen.
 */
pred fair {
    some r: Run | eventually always r in up - Lapsed
    eventually always no r: Run, a: Attempt | loseAnswer[r, a] or unclaim[r, a]
    some r: Run | {
        always r not in Lapsed + Dead + Gone
        (eventually always (r in up - Lapsed - Looking and Job.status = Pending and Job not in Delayed and no Job.lease))
            implies always eventually look[r]
    }
    all r: Run {
        (eventually always r in Looking) implies always eventually take[r]
        (eventually always r in Dead - Lapsed - Gone) implies always eventually lapse[r]
        all a: Attempt {
            (eventually always a in r.queued) implies always eventually begin[r, a]
            (eventually always (a->r in Job.lease and a in r.works + r.outcome and r in up))
                implies always eventually (some v: Complete + Fail | send[r, v, a])
            (eventually always unknown[r, a]) implies always eventually send[r, Back, a]
            (eventually always (r in Lapsed + Gone - Condemned and a->r in Job.lease)) implies always eventually condemn[r]
            (eventually always (r in Condemned and a->r in Job.lease)) implies always eventually rescue[r, a]
            all v: Verb | (eventually always v->a in r.sent) implies always eventually write[r, v, a]
        }
    }
    (eventually always (Job in Delayed - Waiting and Job.status = Pending)) implies always eventually release
    (eventually always Job in Open) implies always eventually answer
}

pred everyJobEnds { fair implies eventually Job.status in ended }
