#ifndef KILONOVA_CPOSTGRESQL_SHIM_H
#define KILONOVA_CPOSTGRESQL_SHIM_H

#include <libpq-fe.h>

/* The fields of an error report; the library names them by character constants. */
static inline const char *kilonova_pq_sqlstate(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}
/* Not translated: ERROR, FATAL, PANIC. */
static inline const char *kilonova_pq_severity(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
}
static inline const char *kilonova_pq_message(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}
static inline const char *kilonova_pq_detail(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
}
static inline const char *kilonova_pq_table(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_TABLE_NAME);
}
static inline const char *kilonova_pq_column(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_COLUMN_NAME);
}
static inline const char *kilonova_pq_constraint(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
}

static void kilonova_pq_ignore_notice(void *context, const char *message) {
    (void)context;
    (void)message;
}

/* Keeps the library from writing notices to standard error. */
static inline void kilonova_pq_silence(PGconn *connection) {
    PQsetNoticeProcessor(connection, kilonova_pq_ignore_notice, 0);
}

#endif
