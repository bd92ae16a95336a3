//! How a database would run a statement.

use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::Text};

use crate::db::Connection;

/// A line of SQLite's query plan.
#[derive(QueryableByName)]
struct SqlitePlanLine {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// A line of PostgreSQL's query plan.
#[derive(QueryableByName)]
struct PostgresPlanLine {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// The lines of the query plan of a statement without bound values.
pub(in crate::store) fn query_plan(connection: &mut Connection, statement: &str) -> Vec<String> {
    match connection {
        Connection::Sqlite(connection) => {
            let plan = sql_query(format!("EXPLAIN QUERY PLAN {statement}"));
            let plan = plan.load::<SqlitePlanLine>(connection).unwrap();
            plan.into_iter().map(|line| line.detail).collect()
        }
        Connection::Postgres(connection) => {
            let plan =
                sql_query(format!("EXPLAIN {statement}")).load::<PostgresPlanLine>(connection).unwrap();
            plan.into_iter().map(|line| line.line).collect()
        }
    }
}

/// The query plan on a server whose planner avoids scans, as it scans small tables otherwise.
pub(in crate::store) fn query_plan_without_scans(
    connection: &mut Connection,
    statement: &str,
) -> Vec<String> {
    if let Connection::Postgres(connection) = connection {
        sql_query("SET LOCAL enable_seqscan TO off").execute(connection).unwrap();
    }
    query_plan(connection, statement)
}
