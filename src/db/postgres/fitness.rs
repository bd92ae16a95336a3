//! The fitness check of a PostgreSQL database: what the service needs of it, asked before anything is written to it.

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl as _, sql_query,
    sql_types::{Bool, Text},
};

use crate::db::PgConnection;

/// The settings of a database that decide whether it can hold an inventory.
#[derive(QueryableByName)]
pub(super) struct Fitness {
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Text)]
    language: String,
    #[diesel(sql_type = Bool)]
    is_standby: bool,
}

impl Fitness {
    /// Loads them from the server.
    pub(super) fn load(connection: &mut PgConnection) -> QueryResult<Self> {
        let query = "SELECT current_setting('server_encoding') AS encoding, \
            current_setting('lc_messages') AS language, pg_is_in_recovery() AS is_standby";
        sql_query(query).get_result(connection)
    }

    /// Why the database cannot be used, and what to do; none where it can.
    pub(super) fn fault(&self) -> Option<String> {
        let Self { encoding, language, is_standby } = self;
        // An empty name means the locale of the server's own environment, which cannot be asked for; it passes.
        let is_english = matches!(language.as_str(), "" | "C" | "POSIX") || language.starts_with("en");
        if *is_standby {
            Some("it is a standby, which cannot be written to: name the primary".to_owned())
        } else if encoding != "UTF8" {
            Some(format!("its encoding is {encoding}; make it with ENCODING 'UTF8'"))
        } else if !(is_english || language.starts_with("C.")) {
            Some(format!(
                "its messages are in the language `{language}`, so that faults that pass are not known; \
                 a superuser can set lc_messages to 'C' for its role (ALTER ROLE ... SET lc_messages TO 'C')"
            ))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_cannot_hold_an_inventory_is_refused() {
        let fault = |encoding: &str, language: &str, is_standby| {
            Fitness { encoding: encoding.to_owned(), language: language.to_owned(), is_standby }.fault()
        };
        for language in ["", "C", "C.UTF-8", "POSIX", "en_GB.UTF-8"] {
            assert_eq!(fault("UTF8", language, false), None);
        }
        let faults =
            [fault("UTF8", "C", true), fault("LATIN1", "C", false), fault("UTF8", "de_DE.UTF-8", false)];
        insta::assert_snapshot!(faults.map(Option::unwrap).join("\n"), @"
        it is a standby, which cannot be written to: name the primary
        its encoding is LATIN1; make it with ENCODING 'UTF8'
        its messages are in the language `de_DE.UTF-8`, so that faults that pass are not known; a superuser can set lc_messages to 'C' for its role (ALTER ROLE ... SET lc_messages TO 'C')
        ");
    }
}
