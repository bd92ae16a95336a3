//! The URL of a PostgreSQL server: its strict syntax, libpq's defaults, and its display without passwords.

use std::{borrow::Cow, fmt, time::Duration};

use percent_encoding::percent_decode_str;

use crate::db::OpenFault;

/// libpq's options where the URL does not set them. The keepalives notice a lost server within seconds instead of hours.
const DEFAULTS: [(&str, &str); 7] = [
    ("application_name", "smi"),
    ("client_encoding", "UTF8"),
    ("keepalives", "1"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "30000"),
];

/// The URL of a database on a server, parsed.
#[derive(Clone)]
pub(super) struct ServerUrl {
    /// As libpq gets it, with the password: never shown.
    full: String,
    /// Database and host.
    shown: String,
    /// Every secret of the URL, escaped and unescaped, to be redacted in libpq's messages.
    secrets: Vec<String>,
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerUrl").field("shown", &self.shown).finish_non_exhaustive()
    }
}

impl ServerUrl {
    /// Parses `postgres://user:password@host/database?option=value`.
    ///
    /// Stricter than libpq: it would read a part of a password that is not escaped as a host or a port, and repeat it in its
    /// message.
    pub(super) fn parse(url: &str, timeout: Duration) -> Result<Self, OpenFault> {
        // The URL is not repeated in the fault: where it does not parse, it is unknown which part is the password.
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
        // `host` and `dbname` may be options instead, as for a socket, whose path is no host of a URL.
        let option = |name| options.iter().find(|(key, _)| *key == name).map(|(_, value)| decoded(value));
        let hosts = if hosts.is_empty() { option("host").unwrap_or_default() } else { hosts.to_owned() };
        let database = option("dbname").unwrap_or_else(|| decoded(database));
        let shown = format!(
            "{} on {}",
            non_empty_or(&database, "the user's database"),
            non_empty_or(&hosts, "this host")
        );
        let set = options.iter().map(|(key, _)| *key).collect::<Vec<_>>();
        Ok(Self { full: with_defaults(url, &set, timeout), shown, secrets: secrets(user, &options) })
    }

    /// The URL with its password, for libpq.
    pub(super) fn full(&self) -> &str {
        &self.full
    }

    /// The database and its host, for messages.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// A message of libpq without the secrets of the URL, which it may repeat.
    pub(super) fn redacted(&self, message: String) -> String {
        self.secrets.iter().fold(message, |text, secret| text.replace(secret, "***"))
    }
}

/// The password and the options that hold one, each as it is written and unescaped.
fn secrets(user: &str, options: &[(&str, &str)]) -> Vec<String> {
    let password = user.split_once(':').map(|(_, password)| password);
    // Any such option: `password`, but also `sslpassword`.
    let more = options.iter().filter(|(key, _)| is_secret(key)).map(|(_, value)| *value);
    let written = password.into_iter().chain(more);
    written.flat_map(|raw| [decoded(raw), raw.to_owned()]).filter(|text| !text.is_empty()).collect()
}

fn is_secret(option: &str) -> bool {
    option.to_lowercase().contains("password")
}

/// A URL for display: without its password. It need not be valid, nor of this kind.
pub(crate) fn without_password(url: &str) -> String {
    let (target, options) = url.split_once('?').unwrap_or((url, ""));
    // At the last `@`: a password that is not escaped may have one too.
    let (start, end) = target.rsplit_once('@').unwrap_or(("", target));
    let scheme = start.find("://").map_or(0, |at| at + "://".len());
    let (scheme, user) = start.split_at_checked(scheme).unwrap_or(("", start));
    let user = match user.split_once(':') {
        Some((user, _)) => format!("{user}:***@"),
        None if start.is_empty() => String::new(),
        None => format!("{user}@"),
    };
    let shown = |option: &str| match option.split_once('=') {
        Some((key, _)) if is_secret(key) => format!("{key}=***"),
        Some(_) | None => option.to_owned(),
    };
    let options = options.split('&').filter(|option| !option.is_empty()).map(shown).collect::<Vec<_>>();
    let mark = if options.is_empty() { "" } else { "?" };
    format!("{scheme}{user}{end}{mark}{}", options.join("&"))
}

fn non_empty_or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

/// Adds libpq's options that the URL does not set; `set` names those that it does.
fn with_defaults(url: &str, set: &[&str], timeout: Duration) -> String {
    // libpq takes whole seconds: 0 is no timeout, and 1 is read as 2.
    let wait = timeout.as_secs().max(2).to_string();
    let defaults = DEFAULTS.into_iter().chain([("connect_timeout", wait.as_str())]);
    let more = defaults.filter(|(key, _)| !set.contains(key)).map(|(key, value)| format!("{key}={value}"));
    let more = more.collect::<Vec<_>>().join("&");
    let mark = if url.contains('?') { "&" } else { "?" };
    let url = url.trim_end_matches(['&', '?']);
    format!("{url}{}{more}", if set.is_empty() { "?" } else { mark })
}

/// Unescapes a part of a URL. A part that is not UTF-8 then is returned as it is: libpq refuses such a URL, and its message repeats
/// the password as it is written.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let fault = ServerUrl::parse(url, WAIT).unwrap_err().to_string();
            assert!(fault.starts_with("store URL `postgres://...`: ") && !fault.contains("s3c"), "{fault}");
        }
    }

    #[test]
    fn nothing_shows_a_password() {
        let url = "postgresql://smi:p%40ss@db.example:5432/smi?sslpassword=k%C3%A9y";
        let url = ServerUrl::parse(url, WAIT).unwrap();
        assert_eq!(url.shown, "smi on db.example:5432");
        assert_eq!(format!("{url:?}"), "ServerUrl { shown: \"smi on db.example:5432\", .. }");
        let message = url.redacted("invalid: p%40ss, p@ss, kéy, k%C3%A9y".to_owned());
        assert_eq!(message, "invalid: ***, ***, ***, ***");
        let socket = ServerUrl::parse("postgres://smi@/inventory?host=/run/postgresql", WAIT).unwrap();
        assert_eq!(socket.shown, "inventory on /run/postgresql");
    }

    #[test]
    fn options_that_the_url_does_not_set_are_added() {
        let added = |url: &str| ServerUrl::parse(url, WAIT).unwrap().full;
        insta::assert_snapshot!(added("postgres://h/d"), @"postgres://h/d?application_name=smi&client_encoding=UTF8&keepalives=1&keepalives_idle=10&keepalives_interval=5&keepalives_count=3&tcp_user_timeout=30000&connect_timeout=5");
        insta::assert_snapshot!(added("postgres://h/d?application_name=a&connect_timeout=1&keepalives=0"), @"postgres://h/d?application_name=a&connect_timeout=1&keepalives=0&client_encoding=UTF8&keepalives_idle=10&keepalives_interval=5&keepalives_count=3&tcp_user_timeout=30000");
        assert!(added("postgres://h/d?").starts_with("postgres://h/d?application_name=smi&"));
    }
}
