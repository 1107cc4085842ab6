/**
 * Tests of jobs, on a real PostgreSQL.
 *
 * <p>The predecessor had 58 tests of its job system. Each behaviour has at least one test here:
 *
 * <pre>
 * Models (15)
 *  1 the five status values            JobStatusTest.thereAreFiveStatusesInTheOrderInWhichAJobGoesThroughThem,
 *                                      theLabelsAreThoseOfTheDatabaseInTheSameOrder
 *  2 they are distinct and progress    JobStatusTest.noTwoStatusesShareALabel, JobTransitionsTest (all)
 *  3 a new job: id, defaults, times    JobTest.aNewJobHasAnIdDefaultsAndItsTimes
 *  4 custom TTL                        JobTest.aCustomTtlMovesTheExpiry, theTtlOfADelayedJobCountsFromItsTime
 *  5 terminal, active, pending         JobStatusTest.completedFailedAndCancelledAreFinal, pendingAndRunningAreNotFinal
 *  6 duration before the start         JobTest.aJobThatHasNotBegunHasNoDuration
 *  7 duration while running            JobTest.theDurationOfARunningJobIsTheTimeSinceItsStart
 *  8 duration after the end            JobTest.theDurationOfAnEndedJobNoLongerGrows
 *  9 start                             JobTransitionsTest.aClaimedJobIsReadAsRunningSinceItsClaim
 * 10 complete with result              JobTransitionsTest.aCompletedJobHasItsResultAndTimesAndNoLease
 * 11 fail with error                   JobTransitionsTest.aFailedJobKeepsItsErrorAndTheAttempt
 * 12 cancel                            JobTransitionsTest.aPendingJobIsCancelledAndNeverClaimed,
 *                                      aRunningJobIsCancelledAndItsLeaseTaken
 * 13 the table's name                  JobTest.jobsAreRowsOfTheTableJobs
 * 14 row to job                        JobTest.aRowOfTheSeedSchemaIsReadWithoutAnyColumnOfTheEngine
 * 15 job to row                        JobTest.aJobRowHoldsEverythingThatWasSubmitted,
 *                                      theAnswerToASubmitIsTheJobAsItIsReadLater
 * Service (14)
 * 16 create with defaults              IntakeTest.aSubmittedJobIsCommittedWhenTheAnswerComes
 * 17 create with custom TTL            IntakeTest.aCustomTtlIsKept
 * 18 status of an existing job         JobQueriesTest.aJobWithALeaseReadsAsRunningEverywhere
 * 19 status of an unknown job          JobQueriesTest.anUnknownJobIsNotFound
 * 20 start                             JobTransitionsTest.aLongRunningJobIsShownAsRunningInItsRow
 * 21 complete with result              JobTransitionsTest.aCompletedJobHasItsResultAndTimesAndNoLease
 * 22 fail with error                   JobTransitionsTest.aFailedJobKeepsItsErrorAndTheAttempt
 * 23 cancel                            JobTransitionsTest.aRunningJobIsCancelledAndItsLeaseTaken
 * 24 cancel unknown                    JobTransitionsTest.anUnknownJobCannotBeCancelled
 * 25 cancel finished                   JobTransitionsTest.aJobThatHasEndedCannotBeCancelled
 * 26 list all                          JobQueriesTest.jobsAreListedNewestFirst
 * 27 list by status                    JobQueriesTest.eachStatusListsItsJobsAndNoOthers
 * 28 list with paging                  JobQueriesTest.pagesNeitherRepeatNorMissJobsThatWereCreatedAtTheSameTime
 * 29 clean up expired                  CleanUpTest (all)
 * Worker (7)
 * 30 initial settings                  io.longhaul.workers.node.WorkerConfigurationTest
 * 31 one job succeeds                  io.longhaul.workers.WorkersTest.aJobIsRunAndItsResultKept
 * 32 one job fails, error kept         io.longhaul.workers.FailingToolsTest.aFailingToolFailsItsJobWithCodeAndMessage
 * 33 concurrency limit                 io.longhaul.workers.WorkersTest.runsNoMoreJobsAtOnceThanTheNodeAllows,
 *                                      runsNoMoreJobsOfAToolAtOnceThanTheToolAllows
 * 34 jobs submitted later              io.longhaul.workers.WorkersTest.jobsSubmittedLaterArePickedUp
 * 35 shutdown lets jobs finish         io.longhaul.workers.ClusterTest.aShutdownLetsRunningJobsEnd,
 *                                      aShutdownGivesBackJobsThatDoNotEndInTime
 * 36 a bad job beside a good one       io.longhaul.workers.WorkersTest.oneBadJobDoesNotDisturbAGoodOne
 * HTTP API (14)
 * 37 to 50                             io.longhaul.api
 * PostgreSQL integration (8)
 * 51 row CRUD                          JobTest.aJobRowHoldsEverythingThatWasSubmitted, CleanUpTest (all)
 * 52 status transitions                JobTransitionsTest (all), RaceTest (all)
 * 53 repository                        JobQueriesTest (all)
 * 54 service                           IntakeTest (all)
 * 55 query and filter                  JobQueriesTest.filtersHoldTogether
 * 56 expiry clean-up                   CleanUpTest (all), io.longhaul.workers.CleanerTest (all)
 * 57 concurrent operations             RaceTest (all), FencingTest (all),
 *                                      IntakeTest.twoHundredSubmitsAtTheSameTimeEachGetTheirOwnJob,
 *                                      io.longhaul.workers.ClusterTest.twoNodesRunEachOfTwoThousandJobsExactlyOnce
 * 58 nested JSON survives              JobTest.nestedJsonSurvivesUnchanged,
 *                                      io.longhaul.workers.WorkersTest.aResultMayBeAnyJsonValue
 * </pre>
 */
package io.longhaul.jobs;
