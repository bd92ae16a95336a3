//! Planned maintenance as programs read it: what the management listener answers, the command prints and pages show.

mod change;
mod month;
mod window;

pub use self::{
    change::{MaintenanceChange, ShownPublication},
    month::{ShownAllowanceUse, ShownMaintenance, ShownMonthCheck, ShownRevision},
    window::{
        ShownMaintenanceCase, ShownMaintenanceCheck, ShownPublishedWindow, ShownWindow, ShownWindowChange,
    },
};
