/*
 * role_watch.h: which changes of roles and memberships concern the role
 * schemas that there are.
 */
#ifndef RR_ROLE_WATCH_H
#define RR_ROLE_WATCH_H

/*
 * A schema of this role is about to be built: from now on, changes of what the
 * role is and has count. Call it before the schema is built.
 */
extern void rr_watch_role(Oid role);

/*
 * After an invalidation: has one of these roles changed? If so, all are
 * forgotten; their schemas are to be built again.
 */
extern bool rr_watched_role_changed(void);

#endif							/* RR_ROLE_WATCH_H */
