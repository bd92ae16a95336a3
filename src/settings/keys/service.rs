//! The keys of what stands around the inventory.

use super::key::{Key, Section};

pub(super) const MAINTENANCE: Section = Section::new(
    "maintenance",
    "Planned maintenance (MP092): how it is judged, whose windows concern this instance, and what it does about them.",
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
        Key::text(
            "limits",
            "\"shared\"",
            "`shared` or `per_provider`",
            "Whether the limits of a month are one allowance for all (`shared`), or one a provider (PM/m).",
        ),
        Key::text(
            "trial_from",
            "\"2019-04-01\"",
            "a date, `2019-04-01`",
            "From the first month that begins on or after it, the limits of the trial hold.",
        ),
        Key::text(
            "mp092_from",
            "\"2021-02-25\"",
            "a date, `2021-02-25`",
            "From the first month that begins on or after it, the limits of MP092 hold.",
        ),
        Key::plain(
            "migration_variant",
            "false",
            "`true` or `false`",
            "Whether work on Migration Systems has a notice of its own: 10 Working Days before its start (PM/q).",
        ),
    ],
);

pub(super) const FIRMWARE: Section = Section::new(
    "firmware",
    "Large SMETS1 firmware images and their delivery schedules.",
    &[
        Key::plain(
            "large_above_bytes",
            "750000",
            "0 to 4,294,967,295",
            "An image of more bytes is large, as submitted and before packaging.",
        ),
        Key::plain(
            "contact_above_images",
            "500",
            "0 to 4,294,967,295",
            "A User that sends more large images on a London day agrees a schedule first. 12,000 is what Annex A of MP230 said.",
        ),
        Key::plain(
            "capacity_per_day",
            "12000",
            "1 to 4,294,967,295",
            "How many large images may be agreed for a London day for all Users together. An import of `capacity` says otherwise for \
             single days.",
        ),
        Key::plain(
            "response_days",
            "5",
            "0 to 366",
            "The days of the Target Response Time. With 0 there is no clock anywhere, and scheduling works on.",
        ),
        Key::text(
            "response_day_type",
            "\"calendar\"",
            "`calendar` or `working`",
            "Which days these are: calendar days, or Working Days.",
        ),
        Key::text(
            "mp230_from",
            "\"2024-11-07\"",
            "a date",
            "The first London day on which MP230 is in force: before it no User has a limit.",
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
