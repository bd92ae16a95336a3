//! The keys of what stands around the inventory.

use super::key::{Key, Section};

pub(super) const MAINTENANCE: Section = Section::new(
    "maintenance",
    "Planned maintenance: whose windows concern this instance, and what it does about them.",
    &[
        Key::text(
            "answer",
            "\"none\"",
            "`none` or `503`",
            "`503`: in a window that stops requests the DUIS listener answers HTTP 503 with Retry-After, and in one that stops \
             deliveries the outbox waits for its end. `none`: windows are not felt.",
        ),
        Key::text(
            "environment",
            "\"production\"",
            "`production`, `UIT`, `SIT` or `development`",
            "Whose windows concern this instance.",
        ),
    ],
);

pub(super) const PRIVACY: Section = Section::new(
    "privacy",
    "Privacy assessments of Other Users.",
    &[
        Key::plain(
            "threshold",
            "0",
            "0 to 4,294,967,295",
            "An Other User with more accepted Service Requests than this in a financial year is assessed. 0: nobody for that reason.",
        ),
        Key::text(
            "proposed_from",
            "",
            "a date, `2027-04-01`",
            "The first day on which an Other User pays for a random sample, as DP144 proposes. Unset: all Users pay for ever, as the \
             SEC says.",
        ),
        Key::text(
            "random_sample_name",
            "\"Random Sample Privacy Assessment\"",
            "1 to 100 characters",
            "What a random sample is called on pages. Another name changes nothing of what is kept.",
        ),
    ],
);

pub(super) const VARIANTS: Section = Section::new(
    "variants",
    "The search for ESMEs that are recorded under a wrong variant.",
    &[
        Key::plain(
            "min_peers",
            "100",
            "1 to 4,294,967,295",
            "A Device Model with fewer ESMEs than this has no outliers.",
        ),
        Key::plain(
            "outlier_percent",
            "2",
            "1 to 10",
            "A variant that fewer than so many of a hundred ESMEs of the model hold is an outlier, where 90% hold another one.",
        ),
        Key::plain(
            "hcalcs",
            "false",
            "`true` or `false`",
            "Whether an HCALCS on the Communications Hub of an ESME whose variant has no D is a hint. What the letters mean is our \
             reading.",
        ),
        Key::plain(
            "warn_firmware",
            "false",
            "`true` or `false`",
            "Whether SR 11.1 notes each Device whose variant the list of model-variants contradicts. Nothing is refused by it.",
        ),
    ],
);
