//! The forward schedule of maintenance as others read it: a calendar for people's programs, CSV and JSON (SERVICE.md 5.2; MP092-R26,
//! R28).

mod csv;
mod format;
mod icalendar;
mod shown;

pub use self::{
    csv::forward_csv,
    format::FeedFormat,
    icalendar::icalendar,
    shown::{ListedForward, ShownForward},
};
