//! The keys of hub stock.

use super::key::{Key, Section};

pub(super) const HUBS: Section = Section::new(
    "hubs",
    "Stock of Communications Hubs.",
    &[
        Key::plain(
            "unit_cost_pence",
            "4000",
            "0 to 1,000,000",
            "What a hub cost, in pence: the value of stock at risk is the number of hubs times this.",
        ),
        Key::plain(
            "risk_days",
            "90",
            "0 to 3,650",
            "Stock is at risk when so many days or fewer are left to install it, unless a question says another number.",
        ),
        Key::plain(
            "review_months",
            "3",
            "1 to 120",
            "Months from one review of the TS Applicability Tables to the next.",
        ),
    ],
);
