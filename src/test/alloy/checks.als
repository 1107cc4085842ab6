/** What .ci/model checks at once: all properties in a small scope, and that each guard is needed. */
open lease

run aJobCompletes { no Dropped and eventually Job.status = Completed } for 2 Run, 2 Attempt, 8 steps expect 1
run aRescuedJobCompletes { no Dropped and eventually (Job.status = Completed and Job.attempt != first) } for 2 Run, 2 Attempt, 12 steps expect 1
run aWaitingJobCompletes { no Dropped and eventually Job in Waiting and eventually Job.status = Completed } for 1 Run, 2 Attempt, 16 steps expect 1

check allIsSafe { no Dropped implies safe } for 2 Run, 2 Attempt, 8 steps expect 0
check everyJobEndsSomeTime { no Dropped implies everyJobEnds } for 2 Run, 2 Attempt, 7 steps expect 0

// Twins that lack one guard.
check claimOfAnEndedJob { only[ClaimComparesStatus] implies anEndedJobNeverBegins } for 2 Run, 2 Attempt, 7 steps expect 1
check claimOfALeasedJob { only[ClaimLeavesLeases] implies anAttemptBeginsOnce } for 2 Run, 2 Attempt, 7 steps expect 1
check showOfALostAttempt { only[ShowComparesAttempt] implies rowsFitTogether } for 2 Run, 2 Attempt, 9 steps expect 1
check endOfALostAttempt { only[EndComparesAttempt] implies aFencedNodeChangesNothing } for 2 Run, 2 Attempt, 9 steps expect 1
check retryWithTheOldNumber { only[RetryCountsUp] implies anAttemptBeginsOnce } for 2 Run, 2 Attempt, 10 steps expect 1
check waitWhileItIsAnswered { only[WaitLocksFirst] implies rowsFitTogether } for 2 Run, 2 Attempt, 9 steps expect 1
check unclaimDuringWork { only[UnclaimIsBeforeWork] implies anAttemptBeginsOnce } for 2 Run, 2 Attempt, 9 steps expect 1
check cancelThatForgetsTheLease { only[CancelTakesTheLease] implies rowsFitTogether } for 2 Run, 2 Attempt, 6 steps expect 1
check cancelOfAnEndedJob { only[CancelComparesStatus] implies anEndIsFinal } for 2 Run, 2 Attempt, 8 steps expect 1
check rescueFromALivingNode { only[RescueComparesExpiry] implies overlapsNeedALapse } for 2 Run, 2 Attempt, 10 steps expect 1
check rescueWithTheOldNumber { only[RescueCountsUp] implies anAttemptBeginsOnce } for 2 Run, 2 Attempt, 11 steps expect 1
check rescueOfRunningJobsOnly { only[RescueTakesPending] implies anAttemptBeginsOnce } for 2 Run, 2 Attempt, 11 steps expect 1
check unknownLeasesStay { only[UnknownLeasesGoBack] implies everyJobEnds } for 2 Run, 2 Attempt, 8 steps expect 1
