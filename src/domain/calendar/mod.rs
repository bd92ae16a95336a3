//! The civil calendar of Great Britain: London days, bank holidays of England and Wales, Working Days (HUBS.md 2, SERVICE.md 4).

mod bank_holiday;
mod london;
mod london_entry;
mod month;
mod week;
mod working_day;

pub use self::{
    bank_holiday::bank_holidays,
    london::{london_date, london_instant, london_text, london_time},
    london_entry::parse_london_or_utc_minute,
    month::LondonMonth,
    week::week_of,
    working_day::{Calendar, CalendarOverride, DayKind, FarDate},
};
