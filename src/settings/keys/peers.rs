//! The settings of connections with CSPs, and of deliveries to Users.

use super::{Key, Section};

const URL: &str = "an `http://` or `https://` URL";
const ASKED: &str = "The address of the CSP of this region.";

pub(super) const CSP: Section = Section::new(
    "csp",
    "How CSPs are asked for coverage while SR 12.1 is answered. Without `[csp.urls]` none is asked.",
    &[
        Key::plain(
            "timeout_ms",
            "500",
            "1 to 60,000",
            "How long a query to a CSP may take, the wait for a free slot included.",
        ),
        Key::plain(
            "max_in_flight",
            "8",
            "1 or more",
            "How many queries one CSP gets at the same time. As many more wait. Beyond that the coverage extract \
             answers.",
        ),
        Key::plain(
            "cache_seconds",
            "3600",
            "0 to 4,294,967,295",
            "How long a CSP's answer is used again. 0: never.",
        ),
        Key::plain(
            "breaker_failures",
            "5",
            "1 to 4,294,967,295",
            "How many failures in a row open a CSP's circuit breaker. It is not asked while its breaker is open.",
        ),
        Key::plain(
            "breaker_seconds",
            "30",
            "0 to 4,294,967,295",
            "How long a breaker stays open. One query tries the CSP then.",
        ),
        Key::text("ca", "", "a PEM file", "The authorities that vouch for `https` addresses of CSPs."),
        Key::text(
            "certificate",
            "",
            "a PEM file; needs `key` and `ca`",
            "The client certificate for a CSP that asks for one.",
        ),
        Key::text("key", "", "a PEM file; needs `certificate` and `ca`", "Its private key."),
    ],
);

pub(super) const CSP_URLS: Section = Section::new(
    "csp.urls",
    "The CSPs that are asked for coverage. A region without an address is answered from its extract.",
    &[
        Key::text("North", "", URL, ASKED),
        Key::text("Central", "", URL, ASKED),
        Key::text("South", "", URL, ASKED),
        Key::text("4G North", "", URL, ASKED),
        Key::text("4G Central", "", URL, ASKED),
        Key::text("4G South", "", URL, ASKED),
    ],
);

pub(super) const FORWARD: Section = Section::new(
    "forward",
    "The DUIS endpoint that requests go to which are not answered here (HTTP 501), byte for byte, where their signature was \
     verified and their sender is a known, Active User. Without `url` they are answered 501.",
    &[
        Key::text(
            "url",
            "",
            "`http://HOST:PORT` or `https://HOST:PORT`; not `server.listen`",
            "Its address, which the path of the request follows.",
        ),
        Key::plain(
            "timeout_ms",
            "10_000",
            "1 to 60,000",
            "How long a request may take there, waiting for its turn included. Then: 504.",
        ),
        Key::plain(
            "max_in_flight",
            "8",
            "1 or more",
            "How many requests are forwarded at once. As many more may wait; the next one gets 503 with `Retry-After`.",
        ),
        Key::plain(
            "breaker_failures",
            "5",
            "1 to 4,294,967,295",
            "After so many failures in a row it is left alone, and requests get 503.",
        ),
        Key::plain("breaker_seconds", "30", "0 to 4,294,967,295", "How long it is left alone then."),
        Key::text("ca", "", "a PEM file; needed for https", "The authorities that may vouch for it."),
        Key::text(
            "certificate",
            "",
            "a PEM file; set together with `key`",
            "The certificate that is shown to it, where it asks for one.",
        ),
        Key::text("key", "", "a PEM file; set together with `certificate`", "Its private key."),
    ],
);

pub(super) const OUTBOX: Section = Section::new(
    "outbox",
    "TLS for deliveries to the addresses of Users. Without `ca` messages are delivered over `http` alone. The files are \
     read at start.",
    &[
        Key::text("ca", "", "a PEM file", "The authorities that vouch for `https` addresses of Users."),
        Key::text(
            "certificate",
            "",
            "a PEM file; needs `key` and `ca`",
            "The client certificate for an address that asks for one.",
        ),
        Key::text("key", "", "a PEM file; needs `certificate` and `ca`", "Its private key."),
    ],
);

const CSP_ID: &str = "an EUI-64, other than `trust.dcc_id`";
const NAMED: &str = "The EUI-64 in the client certificate of this region's CSP.";

pub(super) const CSP_GATEWAY: Section = Section::new(
    "csp_gateway",
    "The listener for CSPs, `POST /csp/n3`, with TLS and client certificates. Without this section there is none. SIGHUP \
     reads the files again.",
    &[
        Key::text(
            "listen",
            "",
            "`IP:PORT`",
            "The address of the listener. Every other key of the section needs it.",
        ),
        Key::text(
            "certificate",
            "",
            "a PEM file; needed",
            "The listener's certificate, followed by the certificates between it and a root.",
        ),
        Key::text("key", "", "a PEM file; needed", "Its private key."),
        Key::text(
            "client_ca",
            "",
            "a PEM file; needed",
            "The authorities that issue the certificates of CSPs.",
        ),
        Key::plain(
            "update_known_hubs",
            "false",
            "`true` or `false`",
            "Whether CSPs may update hubs that are Pending, firmware included (MP155 option A).",
        ),
    ],
);

pub(super) const CSP_GATEWAY_CSPS: Section = Section::new(
    "csp_gateway.csps",
    "The CSP of each CSP Region, at least one. A region without a CSP has no hubs.",
    &[
        Key::text("North", "", CSP_ID, NAMED),
        Key::text("Central", "", CSP_ID, NAMED),
        Key::text("South", "", CSP_ID, NAMED),
        Key::text("4G North", "", CSP_ID, NAMED),
        Key::text("4G Central", "", CSP_ID, NAMED),
        Key::text("4G South", "", CSP_ID, NAMED),
    ],
);
