//! The settings of the store, trust, rules, simulation, log and tests.

use super::{Key, Section};

pub(super) const STORE: Section = Section::new(
    "store",
    "Where everything is kept, and for how long.",
    &[
        Key::text(
            "url",
            "\"sqlite://smi.db\"",
            "`sqlite://FILE` or `postgres://...`; a file without options",
            "The database. The options of a `postgres://` URL are libpq's. A password in it is never shown.",
        ),
        Key::plain(
            "retention_days",
            "30",
            "0 to 65,535",
            "How many days answers and delivered messages are kept. 0: for ever.",
        ),
        Key::plain(
            "decision_retention_days",
            "0",
            "0 to 65,535",
            "How many days decisions are kept. 0: for ever.",
        ),
        Key::plain(
            "tally_retention_days",
            "0",
            "0 to 65,535",
            "How many days the numbers of answers by hour are kept. 0: for ever.",
        ),
        Key::plain(
            "timeout_seconds",
            "2",
            "1 to 3,600",
            "How long the store waits for a lock of another process before the answer is 503. On PostgreSQL the \
             server also ends the session of an instance that is idle in its transaction this long.",
        ),
        Key::plain("readers", "4", "1 to 100", "The most connections that read at the same time."),
    ],
);

pub(super) const TRUST: Section = Section::new(
    "trust",
    "Certificates and private keys. The certificates are the list of known senders. Where neither source is set, a \
     test PKI is made in `pki` at the first start. SIGHUP reads the files again.",
    &[
        Key::text(
            "keystore",
            "",
            "a file; not together with `pem_dir`",
            "A DCC Boxed key store, `keystore.json`.",
        ),
        Key::text(
            "pem_dir",
            "",
            "a folder; not together with `keystore`",
            "A folder with certificates (`*.pem`) and private keys (`*.key`). Unset, and without `keystore`, it is \
             `pki`.",
        ),
        Key::text(
            "dcc_id",
            "\"90-B3-D5-1F-30-00-00-02\"",
            "an EUI-64",
            "The DCC's EUI-64. Answers are signed as it.",
        ),
        Key::plain(
            "check_validity",
            "true",
            "`true` or `false`",
            "Whether certificates must be within their validity. `false` is for expired test certificates alone, and \
             is logged as a warning at start.",
        ),
    ],
);

pub(super) const RULES: Section = Section::new(
    "rules",
    "Choices that the sources leave to the operator.",
    &[
        Key::text(
            "wan_unknown",
            "\"Unknown\"",
            "`Unknown` or `space`",
            "How SR 12.1 writes a WAN Variant that is not known yet. `space` is the published wire format of MP106, \
             which `duis-parser` reads as an absent value.",
        ),
        Key::text(
            "csp_release",
            "\"2.0\"",
            "`2.0` or `1.3`",
            "Whose names for the WAN Variants of CSP North are sent. `1.3` has `Standard 420` and `Variant 450`, `2.0` \
             has `420` and `450`.",
        ),
        Key::plain(
            "responsible_supplier_while_pending",
            "false",
            "`true` or `false`",
            "Whether the Responsible Supplier may correct the ESME Variant while the Device is Pending too (MP125-C3).",
        ),
        Key::plain(
            "pre_notifier_after_pending",
            "false",
            "`true` or `false`",
            "Whether the pre-notifier may correct the ESME Variant after Pending too (MP125-C3).",
        ),
        Key::plain(
            "confirm_variant",
            "false",
            "`true` or `false`",
            "Whether a DCC Alert asks the gaining Supplier to confirm the ESME Variant (MP125-R12).",
        ),
        Key::plain(
            "gpf_with_chf",
            "false",
            "`true` or `false`",
            "Whether a GPF becomes Commissioned with its CHF. `false`: it becomes InstalledNotCommissioned then, and \
             Commissioned with the first GSME of the hub or by an event of its own.",
        ),
        Key::text(
            "tsat",
            "\"off\"",
            "`off`, `note` or `refuse`",
            "Whether the TS Applicability Tables are asked about a move by which a Device is installed (SR 8.14.1, 8.14.2, \
             status changes of SR 8.4) and about SR 12.2. `note` notes the answer in the decision. `refuse` refuses a move \
             whose answer is `no`, with E5 or E080411; one without a row in the tables is never refused.",
        ),
        Key::text(
            "codes",
            "",
            "a TOML file",
            "Other response codes for rules whose code is our own reading, a line each: `\"SR8.4/g\" = \"E4\"`.",
        ),
    ],
);

pub(super) const ANSWERS: Section = Section::new(
    "answers",
    "How answers are written.",
    &[Key::text(
        "version",
        "\"request\"",
        "`request`, `5.0`, `5.1`, `5.3` or `5.4`",
        "The schemaVersion of answers, and so their shape. `request`: that of the request; where it is not published, as 5.2, \
         the shape is that of the one below it. Set the version that clients validate by. `answer_version` of users.csv wins \
         for its User.",
    )],
);

const SWITCH: &str = "`true` or `false`";

pub(super) const ALERTS: Section = Section::new(
    "alerts",
    "DCC Alerts to Users' Receive Response addresses. An alert that has no code is not sent: `smi check` names it, and \
     `codes` may give it one. [RULES.md](RULES.md) says who gets which.",
    &[
        Key::plain(
            "han_log_result",
            "true",
            SWITCH,
            "The outcome of SR 8.11, to its sender (N24). The failure has no code of its own.",
        ),
        Key::plain(
            "meter_decommissioned",
            "false",
            SWITCH,
            "A meter is Decommissioned, to the network operators of its MPxNs (N1).",
        ),
        Key::plain(
            "meter_identity",
            "false",
            SWITCH,
            "An ESME is Commissioned, or the ESME Variant of a Commissioned one is corrected, to the Electricity \
             Distributors of its MPANs (N16, ours).",
        ),
        Key::plain(
            "device_suspended",
            "false",
            SWITCH,
            "A Device is Suspended, to its Responsible Suppliers.",
        ),
        Key::plain(
            "device_restored",
            "false",
            SWITCH,
            "A Device is no longer Suspended, to its Responsible Suppliers.",
        ),
        Key::plain("device_removed", "false", SWITCH, "A Device was deleted by SR 8.4, to its pre-notifier."),
        Key::plain(
            "chf_decommissioned",
            "false",
            SWITCH,
            "A CHF is Decommissioned, to the Responsible Suppliers of its meters.",
        ),
        Key::plain(
            "firmware_mismatch",
            "false",
            SWITCH,
            "A Device reported another firmware version than the inventory has, to its Responsible Suppliers.",
        ),
        Key::plain(
            "version_mismatch",
            "false",
            SWITCH,
            "In place of an alert whose code the User's version of DUIS does not have (N999). Off: such an alert is not \
             sent.",
        ),
        Key::text(
            "codes",
            "",
            "a TOML file",
            "The codes of alerts, a line each: `device_suspended = \"N8\"`, or with its standing, `{ code = \"N8\", \
             standing = \"ours\" }`.",
        ),
    ],
);

pub(super) const CALENDAR: Section = Section::new(
    "calendar",
    "Working Days: Monday to Friday without the bank holidays of England and Wales, which are computed for any year.",
    &[Key::text(
        "holidays",
        "",
        "a CSV file with the columns `date,name,kind`, kind `holiday` or `working`",
        "Days that are holidays or Working Days whatever the bank holidays say. Read again at SIGHUP.",
    )],
);

pub(super) const NOTICES: Section = Section::new(
    "notices",
    "Notices to people, which `smi notices spool` writes as mail files. Nothing is sent from here.",
    &[Key::text("from", "\"smi@example.invalid\"", "a mail address", "The sender of the mails.")],
);

pub(super) const SIMULATE: Section = Section::new(
    "simulate",
    "What is played instead of real Devices and CSPs.",
    &[
        Key::plain(
            "csp_unavailable",
            "[]",
            "a list of CSP Regions, `[\"North\"]`",
            "CSP Regions that do not answer SR 12.1.",
        ),
        Key::text(
            "devices",
            "",
            "`succeed`",
            "`succeed`: a Device does what it is asked for, and reports it `delay_ms` after the answer. Unset: it is done when \
             an event reports it.",
        ),
        Key::plain(
            "delay_ms",
            "",
            "0 to 4,294,967,295; unset, 1,500, or 0 where `[test] clock` is set",
            "How long after its answer was handed to the connection a Device reports, in real time. With 0 too it never \
             reports before that.",
        ),
        Key::plain("jitter_ms", "0", "0 to 4,294,967,295", "At most so much is added to `delay_ms`."),
        Key::plain("fail_percent", "0", "0 to 100", "Of a hundred reports, about so many are failures."),
        Key::plain(
            "seed",
            "0",
            "0 to 4,294,967,295",
            "The seed of `jitter_ms` and `fail_percent`: the same requests in the same order fare alike.",
        ),
        Key::text(
            "service_desk",
            "",
            "`agree`",
            "`agree`: a schedule of large images that clashes with nothing is agreed as soon as it is asked for. Unset: a person agrees.",
        ),
    ],
);

pub(super) const LOG: Section = Section::new(
    "log",
    "Log lines, on standard error.",
    &[
        Key::text("format", "\"text\"", "`text` or `json`", "Text, or one JSON object a line."),
        Key::text(
            "level",
            "\"info\"",
            "`error`, `warn`, `info` or `debug`",
            "The least severe line that is written.",
        ),
    ],
);
