/*
 * scan.h: remote_value(), and the custom scan "Remote Join" that asks for its
 * values in batches. The one header of src/scan for others.
 *
 *   remote_value.c    the SQL function: one row, one value
 *   value_support.c   its support function: checks of constant arguments, cost
 *   value_join.c      a call's arguments, planned
 *   join_path.c       when the planner is offered a Remote Join, and its plan
 *   join_scan.c       executes it
 *   join_window.c     rows that wait for their values
 *   join_counts.c     what EXPLAIN shows of it
 */
#ifndef RR_SCAN_H
#define RR_SCAN_H

/*
 * Offer the planner Remote Joins from now on, in this session; from
 * _PG_init() only. Before the library is loaded nothing is missed: planning a
 * query with remote_value() loads it, by the support function.
 */
extern void rr_offer_remote_joins(void);

#endif							/* RR_SCAN_H */
