/*
 * error_code.h: the values of extensions.code, in answers to GraphQL requests
 * and to metadata requests. They are Hasura's, where Hasura has one.
 */
#ifndef GQL_ERROR_CODE_H
#define GQL_ERROR_CODE_H

/* ---- GraphQL requests ---- */

/* The document or its variables are wrong: nothing was executed. */
#define GQL_CODE_VALIDATION_FAILED "validation-failed"

/* SQL: class 22, for example a text that is no number, or a division by 0. */
#define GQL_CODE_DATA_EXCEPTION "data-exception"

/* SQL: class 23, a constraint of a table refuses the row. */
#define GQL_CODE_CONSTRAINT_VIOLATION "constraint-violation"

/* SQL: the caller lacks a privilege, or a policy refuses the row. */
#define GQL_CODE_PERMISSION_ERROR "permission-error"

/* A preset needs a session variable that the request does not have. */
#define GQL_CODE_NOT_FOUND "not-found"

/*
 * A session variable or a key of a join cannot be converted to the type of
 * the argument that it is for.
 */
#define GQL_CODE_COERCION_ERROR "coercion-error"

/*
 * A remote schema cannot be reached, or its answer cannot be used. In metadata
 * requests: its schema cannot be read.
 */
#define GQL_CODE_REMOTE_SCHEMA_ERROR "remote-schema-error"

/* Any other error. */
#define GQL_CODE_UNEXPECTED "unexpected"

/* ---- metadata requests ---- */

/* The command names something that does not exist. */
#define GQL_CODE_NOT_EXISTS "not-exists"

/* The command creates something whose name is taken. */
#define GQL_CODE_ALREADY_EXISTS "already-exists"

/* Something else in the metadata depends on what the command drops. */
#define GQL_CODE_DEPENDENCY_ERROR "dependency-error"

/* Hasura has the command or the option; remote_rel does not. */
#define GQL_CODE_NOT_SUPPORTED "not-supported"

/* The caller may not use the command. */
#define GQL_CODE_ACCESS_DENIED "access-denied"

/*
 * The metadata is not in the state that the command expects, for example not
 * of the resource_version that it names.
 */
#define GQL_CODE_CONFLICT "conflict"

/* The arguments of the command are wrong. */
#define GQL_CODE_INVALID_CONFIGURATION "invalid-configuration"

#endif							/* GQL_ERROR_CODE_H */
