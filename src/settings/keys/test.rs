//! The keys of the test bench.

use super::key::{Key, Section};

pub(super) const TEST: Section = Section::new(
    "test",
    "For test harnesses. Never set it on a real inventory: it lets the management listener move the clock, empty the \
     store, answer wrongly on purpose and show whole messages. Any key of it sets it.",
    &[
        Key::text(
            "clock",
            "",
            "an instant or a date, `2026-01-01T00:00:00Z`",
            "A clock that stands still until `PUT /manage/clock` moves it. Unset: the system's clock.",
        ),
        Key::plain(
            "journal",
            "10_000",
            "0 to 1,000,000",
            "How many messages the journal keeps in memory: requests with their answers, and deliveries. 0: none. Without \
             `[test]` there is no journal.",
        ),
        Key::plain(
            "journal_bytes",
            "100_000_000",
            "0 to 10,000,000,000",
            "How many bytes of them it keeps. The oldest goes first.",
        ),
        Key::text(
            "states_dir",
            "",
            "a folder, made where it is missing",
            "Where `PUT /manage/states/{name}` keeps the store as it stands. Unset: there are no states.",
        ),
    ],
);
