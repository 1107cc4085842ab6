/** What .ci/model --larger checks: the same properties in larger scopes. It takes long. */
open lease

check allIsSafe { no Dropped implies safe } for 2 Run, 3 Attempt, 10 steps expect 0
check anEndIsFinalAmongThree { no Dropped implies (anEndIsFinal and anAttemptBeginsOnce) } for 3 Run, 3 Attempt, 10 steps expect 0
check everyJobEndsSomeTime { no Dropped implies everyJobEnds } for 2 Run, 2 Attempt, 9 steps expect 0

// Guards that others cover: the attempt's number alone refuses what these two would refuse.
check endWithoutTheLease { only[EndComparesLease] implies safe } for 2 Run, 3 Attempt, 10 steps expect 0
check endWithoutTheStatus { only[EndComparesStatus] implies safe } for 2 Run, 3 Attempt, 9 steps expect 0
check rescueWithoutTheStatus { only[RescueComparesStatus] implies safe } for 2 Run, 3 Attempt, 9 steps expect 0
