//! Planned maintenance: whether windows keep to the limits of their month, when they have to be told, and what is done with them
//! (SERVICE.md 3.3; MP092). All checks of a matter are made, and all broken ones are named.

mod acts;
mod category;
mod check;
mod facts;
mod heading;
mod limits;
mod month;
mod notice;
mod publish;
mod settings;
mod warnings;
mod window;

#[cfg(test)]
mod tests;

pub use self::{
    acts::{Announcement, announce, close_case, end, extend, open_case, withdraw},
    category::{
        Categorised, Planning, as_told, categorised, category_under, is_as_told, is_limited, planned_state,
        planning,
    },
    check::MaintenanceCheck,
    facts::MonthFacts,
    heading::WindowHeading,
    limits::{AllowanceUse, allowance_use},
    month::{MonthCheck, check_month},
    publish::{Publication, Publishing, VersionChange, publish},
    settings::{MaintenanceSettings, PlanningContext},
    window::span,
};
