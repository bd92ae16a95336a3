//! The settings of the DUIS and management listeners.

use super::{Key, Section};

pub(super) const SERVER: Section = Section::new(
    "server",
    "The DUIS listener. Its bounds on bytes, seconds and connections hold for the management listener and the CSP \
     gateway too, each with its own counts.",
    &[
        Key::text(
            "instance",
            "\"smi\"",
            "1 to 64 letters, digits, `.`, `_` or `-`",
            "The name of this instance. It names the audit chain that its decisions belong to.",
        ),
        Key::text(
            "listen",
            "\"127.0.0.1:8079\"",
            "`IP:PORT` or `localhost:PORT`; a loopback address unless `[server.tls]` is set",
            "The address of the DUIS listener. Plain HTTP is served on loopback alone.",
        ),
        Key::plain(
            "max_body_bytes",
            "20_000_000",
            "a number of bytes, at most `max_held_bytes`",
            "The longest body that is read. A longer one gets 413.",
        ),
        Key::plain(
            "max_in_flight",
            "256",
            "1 or more",
            "How many DUIS messages are processed at once. The next one gets 503 with `Retry-After`. More than the \
             default seldom helps: most wait for the one writer.",
        ),
        Key::plain(
            "max_in_flight_per_user",
            "128",
            "1 or more; unset, half of `max_in_flight`",
            "How many of these may be one User's, so that one key cannot take all. The next one gets 503.",
        ),
        Key::plain(
            "head_seconds",
            "5",
            "1 to 4,294,967,295",
            "How long the first request head of a connection may take to arrive.",
        ),
        Key::plain(
            "body_seconds",
            "30",
            "1 to 4,294,967,295",
            "How long a whole body may take to arrive. A slower one gets 408.",
        ),
        Key::plain(
            "idle_seconds",
            "30",
            "1 to 4,294,967,295",
            "How long a connection may bring no whole request, or leave an answer unread. It is closed then, at the \
             latest after twice this time.",
        ),
        Key::plain(
            "max_connections",
            "400",
            "1 or more",
            "How many connections a listener serves at once. More wait unanswered. Each needs two file descriptors.",
        ),
        Key::plain(
            "max_held_bytes",
            "200_000_000",
            "a number of bytes, at least `max_body_bytes`",
            "How many bytes of bodies a listener holds in memory at once, all connections together. A message beyond \
             that gets 503.",
        ),
        Key::plain(
            "explain_headers",
            "",
            "`true` or `false`; unset, `true` where `listen` is a loopback address or `[test]` is set",
            "Whether every answer says in `X-Smi-Rule` and `X-Smi-Reason` why it is as it is.",
        ),
    ],
);

pub(super) const TLS: Section = Section::new(
    "server.tls",
    "TLS for the DUIS listener, and for the management listener outside loopback. Without this section both speak \
     plain HTTP, on loopback alone. SIGHUP reads the files again.",
    &[
        Key::text(
            "certificate",
            "",
            "a PEM file; set together with `key`",
            "The listener's certificate, followed by the certificates between it and a root.",
        ),
        Key::text("key", "", "a PEM file; set together with `certificate`", "Its private key."),
        Key::text(
            "client_ca",
            "",
            "a PEM file; needs `certificate` and `key`",
            "The authorities that issue client certificates. Where it is set, every client must show a certificate.",
        ),
        Key::plain(
            "bind_originator",
            "false",
            "`true` or `false`; `true` needs `client_ca`",
            "Whether a client may send requests of its own EUI-64 alone. Another originator gets E100 (SR/4a).",
        ),
    ],
);

pub(super) const MANAGE: Section = Section::new(
    "manage",
    "The management listener: the console for people, and JSON over HTTP with a bearer token for programs.",
    &[
        Key::text(
            "listen",
            "\"127.0.0.1:8080\"",
            "`IP:PORT` or `localhost:PORT`; a loopback address unless `[server.tls]` is set",
            "The address of the management listener. On loopback it speaks plain HTTP, elsewhere TLS with the files of \
             `[server.tls]`.",
        ),
        Key::text(
            "token",
            "",
            "visible ASCII characters without spaces; not together with `token_file`",
            "The bearer token. Where neither key is set, a token is made at the first start and kept in \
             `smi-manage.token`: beside the database file, or in the current folder for PostgreSQL. It is shown once, on \
             a terminal alone: a log gets the file's name.",
        ),
        Key::text(
            "token_file",
            "",
            "a file; not together with `token`",
            "A file that holds the token, read at start.",
        ),
        Key::plain(
            "users",
            "",
            "a table of names, `{ jo = { role = \"reader\", hash = \"$argon2id$...\" } }`; `smi user add` prints one",
            "The people who sign in at the console with a name and a password. A `reader` sees everything and changes \
             nothing; an `operator` does what the token may. In a file each has a section of its own, \
             `[manage.users.\"jo\"]`.",
        ),
    ],
);
