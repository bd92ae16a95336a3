//! The settings of the re-flash service.

use super::{Key, Section};

pub(super) const REFLASH: Section = Section::new(
    "reflash",
    "Re-flash orders of Communications Hubs (MP155), which was not progressed: off unless it is switched on.",
    &[
        Key::plain(
            "enabled",
            "false",
            "`true` or `false`",
            "Whether there is a re-flash service. Off: its calls and commands say so.",
        ),
        Key::text(
            "smi_update",
            "\"n3\"",
            "`n3` or `ssmi`",
            "How the inventory learns of the new firmware: `n3`, the CSP tells by CSPM-N3 (option A); `ssmi`, the DCC uploads a file (option B).",
        ),
        Key::plain(
            "supply_chain",
            "false",
            "`true` or `false`",
            "Whether hubs that are not delivered yet may be listed: RF/h is not asked then.",
        ),
        Key::plain(
            "lead_working_days",
            "20",
            "0 to 260",
            "How many Working Days from despatch to being back: by when hubs must leave, in reports of stock (our own assumption).",
        ),
        Key::text(
            "working_hours",
            "\"09:00-17:00\"",
            "a window, `09:00-17:00`",
            "Working Hours of a Working Day, on London's wall clock; both ends count.",
        ),
        Key::plain(
            "windows",
            "[\"09:00-12:00\", \"13:00-17:00\"]",
            "a list of windows in `working_hours`, at least one",
            "When sites take deliveries.",
        ),
        Key::plain(
            "slot_horizon",
            "20",
            "1 to 260",
            "How many Working Days ahead open slots are listed. An authorisation is not bound by it.",
        ),
        Key::plain("max_hubs_per_pallet", "896", "1 or more", "The most hubs on a pallet: RF/k, DV/f."),
        Key::plain(
            "max_hubs_per_carton",
            "",
            "1 or more; unset: not checked",
            "The most hubs in a carton: RF/k, DV/f. No source says how many.",
        ),
        Key::plain(
            "purchase_order_regions",
            "[\"Central\", \"South\", \"4G Central\", \"4G South\"]",
            "a list of CSP Regions",
            "Whose hubs need a purchase order before work begins: RF/s.",
        ),
        Key::plain(
            "amend_working_days",
            "",
            "0 or more; unset: no limit",
            "How many Working Days before the day of the re-delivery it may be amended last: RF/v.",
        ),
        Key::text(
            "credit",
            "\"charge\"",
            "`charge`, or a number of pence",
            "What is credited for a hub that was accepted and failed: its charge, or this amount.",
        ),
        Key::text(
            "contact",
            "\"\"",
            "a text of one line; may be empty",
            "Whom Parties ask about a re-flash, as authorisations and labels show it.",
        ),
    ],
);
