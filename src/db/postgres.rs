//! PostgreSQL: the URL of a server, sessions with their settings, and migrations (`migrations/postgres`).
//!
//! Several instances of this program may share one database. A transaction that writes holds one advisory lock from its first
//! statement to its last (`WRITERS_LOCK`): so there is one writer at a time, as in SQLite, and no decision is made on facts
//! that another instance is changing. READ COMMITTED is enough then, and no transaction has to be retried because of what
//! another instance did. Migrations run under the same lock.

use std::{borrow::Cow, fmt, time::Duration};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{BigInt, Bool, Text},
};
use diesel_migrations::MigrationHarness as _;
use percent_encoding::percent_decode_str;

use super::{OpenFault, PgConnection, connection::lock_writers, migrations};

/// The timeout of every statement, those of an import included.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(60);
/// The timeout of migrations: one instance runs them, and the others wait for it.
const MIGRATION_TIMEOUT: Duration = Duration::from_secs(300);

/// libpq's options where the URL does not set them. With keepalives a server that is gone is noticed in seconds, not hours.
const DEFAULTS: [(&str, &str); 7] = [
    ("application_name", "smi"),
    ("client_encoding", "UTF8"),
    ("keepalives", "1"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "30000"),
];

/// Asks for messages in English: transient faults are known by their text, as diesel passes on no SQLSTATE. Only a superuser, or
/// a role that was granted it, may ask; what the others have is checked at start.
const ENGLISH: &str =
    "DO $$ BEGIN SET lc_messages TO 'C'; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$";

/// A database on a server, and the timeout of locks and of connecting.
#[derive(Clone)]
pub(crate) struct Server {
    /// As libpq takes it, with the password: never shown.
    url: String,
    /// Host and database.
    shown: String,
    /// Every secret in the URL, escaped and not: to be hidden in libpq's messages.
    passwords: Vec<String>,
    timeout: Duration,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("shown", &self.shown).finish_non_exhaustive()
    }
}

impl Server {
    /// From `postgres://user:password@host/database?option=value`.
    ///
    /// The form is checked here, strictly: what libpq took for a host or a port could be a part of a password that
    /// was not escaped, and libpq would repeat it.
    pub(crate) fn parse(url: &str, timeout: Duration) -> Result<Self, OpenFault> {
        let refused = |reason| OpenFault::Url { url: "postgres://...".to_owned(), reason };
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        let (target, options) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = target.split_once('/').unwrap_or((target, ""));
        let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        if database.contains(['@', '/']) || user.contains('@') || user.matches(':').count() > 1 {
            return Err(refused(
                "write `@`, `:`, `/` and `?` of a user or password as %40, %3A, %2F and %3F",
            ));
        }
        let options =
            options.split('&').filter(|option| !option.is_empty()).map(|option| option.split_once('='));
        let options = options.collect::<Option<Vec<_>>>().ok_or_else(|| {
            refused("an option after `?` has no value; write a `?` of a user or password as %3F")
        })?;
        let password = user.split_once(':').map(|(_, password)| password);
        let secret = |(key, value): &(&str, &str)| {
            key.to_lowercase().contains("password").then(|| (*value).to_owned())
        };
        let passwords = password.map(ToOwned::to_owned).into_iter().chain(options.iter().filter_map(secret));
        let passwords =
            passwords.flat_map(|raw| [decoded(&raw), raw]).filter(|text| !text.is_empty()).collect();
        let option = |name| options.iter().find(|(key, _)| *key == name).map(|(_, value)| decoded(value));
        let hosts = if hosts.is_empty() { option("host").unwrap_or_default() } else { hosts.to_owned() };
        let database = option("dbname").unwrap_or_else(|| decoded(database));
        let shown = format!("{} on {}", or(&database, "the user's database"), or(&hosts, "this host"));
        let said = options.iter().map(|(key, _)| *key).collect::<Vec<_>>();
        Ok(Self { url: with_defaults(url, &said, timeout), shown, passwords, timeout })
    }

    /// Connects and runs the migrations that the database lacks, unless its tables are those of another program.
    pub(crate) fn open_writer(&self) -> Result<PgConnection, OpenFault> {
        let mut connection = self.reopen_writer()?;
        self.refuse_unfit(&mut connection)?;
        self.refuse_shared_sessions(&mut connection)?;
        let migrated =
            connection.transaction(|connection| self.migrate(connection).map_err(MigrateFault::Refused));
        migrated.map_err(|fault| match fault {
            MigrateFault::Refused(fault) => fault,
            MigrateFault::Server(error) => self.unusable(&error),
        })?;
        Ok(connection)
    }

    /// Connects for writing again, after the connection was lost: the tables are known to be ours.
    pub(crate) fn reopen_writer(&self) -> Result<PgConnection, OpenFault> {
        // Every query of the writer has an index. Plans of prepared statements are cached, and those made while tables are empty
        // would scan them whole, which looks as cheap then; they would go on scanning until the next ANALYZE.
        self.connect("SET default_transaction_read_only TO off; SET enable_seqscan TO off")
    }

    /// The database and its host.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// Connects for reading only, after a writer prepared the database.
    pub(crate) fn open_reader(&self) -> Result<PgConnection, OpenFault> {
        self.connect("SET default_transaction_read_only TO on")
    }

    /// Connects for reading without creating or migrating anything; none where there are no tables yet.
    pub(crate) fn open_existing(&self) -> Result<Option<PgConnection>, OpenFault> {
        // What reads here may wait long between two queries, as for the disk that a backup goes to.
        let mut connection = self.connect(
            "SET default_transaction_read_only TO on; SET idle_in_transaction_session_timeout TO 0",
        )?;
        Ok(if self.has_our_tables(&mut connection)? { Some(connection) } else { None })
    }

    /// Refuses a database that another process of this program has open. One that is just ending is waited for.
    pub(crate) fn refuse_where_in_use(&self) -> Result<(), OpenFault> {
        let mut connection = self.open_reader()?;
        for _ in 0..10 {
            let others = "SELECT COUNT(*) AS number FROM pg_stat_activity, pg_sleep(0.1) \
                WHERE datname = current_database() AND pid <> pg_backend_pid() \
                AND application_name = current_setting('application_name')";
            let others = sql_query(others).get_result::<Count>(&mut connection);
            if others.map_err(|error| self.unusable(&error))?.number == 0 {
                return Ok(());
            }
        }
        Err(OpenFault::InUse(self.shown.clone()))
    }

    /// Checks that it could be written to, without writing.
    pub(crate) fn check_usable(&self) -> Result<(), OpenFault> {
        let mut connection = self.open_reader()?;
        self.refuse_unfit(&mut connection)?;
        self.refuse_shared_sessions(&mut connection)
    }

    /// Refuses a database that cannot hold an inventory, before anything is written to it.
    fn refuse_unfit(&self, connection: &mut PgConnection) -> Result<(), OpenFault> {
        let query = "SELECT current_setting('server_encoding') AS encoding, \
            current_setting('lc_messages') AS language, pg_is_in_recovery() AS is_standby";
        let fitness = sql_query(query).get_result::<Fitness>(connection);
        match fitness.map_err(|error| self.unusable(&error))?.reason() {
            None => Ok(()),
            Some(reason) => Err(OpenFault::Unfit { database: self.shown.clone(), reason }),
        }
    }

    /// Refuses a pooler that lends one session of the server to several connections: what is set for a session, its advisory
    /// locks and its prepared statements would be another connection's. One shows itself by lending both the same session, as
    /// the first is idle.
    fn refuse_shared_sessions(&self, connection: &mut PgConnection) -> Result<(), OpenFault> {
        let session = |connection: &mut PgConnection| {
            let query = sql_query("SELECT pg_backend_pid()::bigint AS number");
            query.get_result::<Count>(connection).map_err(|error| self.unusable(&error))
        };
        if session(connection)?.number != session(&mut self.open_reader()?)?.number {
            return Ok(());
        }
        let reason = "a connection pooler shares its sessions; set `pool_mode = session` there".to_owned();
        Err(OpenFault::Unfit { database: self.shown.clone(), reason })
    }

    /// Opens a session for an advisory lock: it may be idle for ever.
    pub(crate) fn open_session(&self) -> Result<PgConnection, OpenFault> {
        self.connect("SET idle_in_transaction_session_timeout TO 0")
    }

    fn connect(&self, more: &str) -> Result<PgConnection, OpenFault> {
        let mut connection = PgConnection::establish(&self.url).map_err(|error| self.unusable(&error))?;
        let (timeout, statement) = (self.timeout.as_millis(), STATEMENT_TIMEOUT.as_millis());
        let session = format!(
            "SET lock_timeout TO {timeout}; SET idle_in_transaction_session_timeout TO {timeout}; \
             SET statement_timeout TO {statement}; SET synchronous_commit TO on; {ENGLISH}; {more}"
        );
        connection.batch_execute(&session).map_err(|error| self.unusable(&error))?;
        Ok(connection)
    }

    /// The fault of a connection: libpq's message, without the password that it may repeat.
    fn unusable(&self, reason: &impl ToString) -> OpenFault {
        let reason =
            self.passwords.iter().fold(reason.to_string(), |text, password| text.replace(password, "***"));
        OpenFault::Connect { database: self.shown.clone(), reason: reason.trim_end().to_owned() }
    }

    /// Runs the migrations, in the caller's transaction: one that is refused or fails leaves the database as it was.
    fn migrate(&self, connection: &mut PgConnection) -> Result<(), OpenFault> {
        let timeout = MIGRATION_TIMEOUT.as_millis();
        let timeouts = format!(
            "SET LOCAL lock_timeout TO {timeout}; SET LOCAL statement_timeout TO {timeout}; \
             SET LOCAL idle_in_transaction_session_timeout TO {timeout}"
        );
        connection.batch_execute(&timeouts).map_err(|error| self.unusable(&error))?;
        lock_writers(connection).map_err(|error| self.unusable(&error))?;
        if self.has_our_tables(connection)? {
            migrations::refuse_newer(connection, &migrations::POSTGRES)?;
        }
        let migrated = connection.run_pending_migrations(migrations::POSTGRES);
        migrated.map(drop).map_err(|error| OpenFault::Migrate(error.to_string()))
    }

    /// Whether there are tables; a fault where they are not this program's.
    fn has_our_tables(&self, connection: &mut PgConnection) -> Result<bool, OpenFault> {
        let tables = |connection: &mut PgConnection, condition: &str| {
            let query = format!(
                "SELECT COUNT(*) AS number FROM pg_catalog.pg_class \
                 WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'f', 'v', 'm') {condition}"
            );
            sql_query(query).get_result::<Count>(connection).map_err(|error| self.unusable(&error))
        };
        if tables(connection, "")?.number == 0 {
            return Ok(false);
        }
        if tables(connection, "AND relname = '__diesel_schema_migrations'")?.number == 0 {
            return Err(OpenFault::Foreign(self.shown.clone()));
        }
        Ok(true)
    }
}

/// Why the transaction of the migrations was rolled back.
enum MigrateFault {
    Refused(OpenFault),
    Server(diesel::result::Error),
}

impl From<diesel::result::Error> for MigrateFault {
    fn from(error: diesel::result::Error) -> Self {
        Self::Server(error)
    }
}

/// What the service needs to know of a database before it writes to it.
#[derive(QueryableByName)]
struct Fitness {
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Text)]
    language: String,
    #[diesel(sql_type = Bool)]
    is_standby: bool,
}

impl Fitness {
    /// Why the database does not fit; none where it does.
    fn reason(&self) -> Option<String> {
        let Self { encoding, language, is_standby } = self;
        // An empty name is the server's own environment, which it does not tell.
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

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// A URL as it may be shown: without a password.
pub(crate) fn without_password(url: &str) -> String {
    let (target, options) = url.split_once('?').unwrap_or((url, ""));
    let (start, end) = target.rsplit_once('@').unwrap_or(("", target));
    let scheme = start.find("://").map_or(0, |at| at + "://".len());
    let (scheme, user) = start.split_at_checked(scheme).unwrap_or(("", start));
    let user = match user.split_once(':') {
        Some((user, _)) => format!("{user}:***@"),
        None if start.is_empty() => String::new(),
        None => format!("{user}@"),
    };
    let shown = |option: &str| match option.split_once('=') {
        Some((key, _)) if key.to_lowercase().contains("password") => format!("{key}=***"),
        Some(_) | None => option.to_owned(),
    };
    let options = options.split('&').filter(|option| !option.is_empty()).map(shown).collect::<Vec<_>>();
    let mark = if options.is_empty() { "" } else { "?" };
    format!("{scheme}{user}{end}{mark}{}", options.join("&"))
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

/// The URL, with the options that it does not set.
fn with_defaults(url: &str, said: &[&str], timeout: Duration) -> String {
    let wait = timeout.as_secs().max(2).to_string();
    let defaults = DEFAULTS.into_iter().chain([("connect_timeout", wait.as_str())]);
    let more = defaults.filter(|(key, _)| !said.contains(key)).map(|(key, value)| format!("{key}={value}"));
    let more = more.collect::<Vec<_>>().join("&");
    let mark = if url.contains('?') { "&" } else { "?" };
    let url = url.trim_end_matches(['&', '?']);
    format!("{url}{}{more}", if said.is_empty() { "?" } else { mark })
}

/// A part of a URL without its escapes; unchanged where they do not make UTF-8. libpq refuses such a URL, and its message is to
/// be searched for the password as it is written.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Store;

    const WAIT: Duration = Duration::from_secs(5);

    #[test]
    fn a_password_that_is_not_escaped_is_refused_without_repeating_it() {
        for url in [
            "postgres://smi:s3c@ret@host/db",
            "postgres://smi:s3c/ret@host/db",
            "postgres://smi:s3c:ret@host/db",
            "postgres://smi:s3c?ret@host/db",
            "postgres://host/db?password",
        ] {
            let fault = Server::parse(url, WAIT).unwrap_err().to_string();
            assert!(fault.starts_with("store URL `postgres://...`: ") && !fault.contains("s3c"), "{fault}");
        }
    }

    #[test]
    fn a_database_that_cannot_hold_an_inventory_is_refused() {
        let fitness = |encoding: &str, language: &str, is_standby| {
            Fitness { encoding: encoding.to_owned(), language: language.to_owned(), is_standby }.reason()
        };
        for language in ["", "C", "C.UTF-8", "POSIX", "en_GB.UTF-8"] {
            assert_eq!(fitness("UTF8", language, false), None);
        }
        let reasons = [
            fitness("UTF8", "C", true),
            fitness("LATIN1", "C", false),
            fitness("UTF8", "de_DE.UTF-8", false),
        ];
        insta::assert_snapshot!(reasons.map(Option::unwrap).join("\n"), @"
                it is a standby, which cannot be written to: name the primary
                its encoding is LATIN1; make it with ENCODING 'UTF8'
                its messages are in the language `de_DE.UTF-8`, so that faults that pass are not known; a superuser can set lc_messages to 'C' for its role (ALTER ROLE ... SET lc_messages TO 'C')
                ");
    }

    #[test]
    fn nothing_shows_a_password() {
        let server =
            Server::parse("postgresql://smi:p%40ss@db.example:5432/smi?sslpassword=k%C3%A9y", WAIT).unwrap();
        assert_eq!(server.shown, "smi on db.example:5432");
        assert_eq!(format!("{server:?}"), "Server { shown: \"smi on db.example:5432\", .. }");
        let fault = server.unusable(&"invalid: p%40ss, p@ss, kéy, k%C3%A9y\n");
        assert_eq!(
            fault.to_string(),
            "cannot open database `smi on db.example:5432`: invalid: ***, ***, ***, ***"
        );
        let socket = Server::parse("postgres://smi@/inventory?host=/run/postgresql", WAIT).unwrap();
        assert_eq!(socket.shown, "inventory on /run/postgresql");
    }

    #[test]
    fn what_libpq_repeats_of_a_url_is_not_repeated() {
        for url in
            ["postgres://smi:s3%cret@/db?host=/nowhere", "postgres://smi:s3cret@/db?host=/nowhere&s3cret=1"]
        {
            let fault = Store::open(url).err().unwrap().to_string();
            assert!(fault.starts_with("cannot open database `db on /nowhere`: "), "{fault}");
            assert!(!fault.contains("s3%cret") && !fault.contains("s3cret"), "{fault}");
        }
    }

    #[test]
    fn what_the_url_does_not_say_is_added() {
        let added = |url: &str| Server::parse(url, WAIT).unwrap().url;
        insta::assert_snapshot!(added("postgres://h/d"), @"postgres://h/d?application_name=smi&client_encoding=UTF8&keepalives=1&keepalives_idle=10&keepalives_interval=5&keepalives_count=3&tcp_user_timeout=30000&connect_timeout=5");
        insta::assert_snapshot!(added("postgres://h/d?application_name=a&connect_timeout=1&keepalives=0"), @"postgres://h/d?application_name=a&connect_timeout=1&keepalives=0&client_encoding=UTF8&keepalives_idle=10&keepalives_interval=5&keepalives_count=3&tcp_user_timeout=30000");
        assert!(added("postgres://h/d?").starts_with("postgres://h/d?application_name=smi&"));
    }
}
