//! Planned maintenance: working copies of windows, what was published, cases and derogations.

mod cases;
mod columns;
mod derogation_csv;
mod derogation_rows;
mod plan_line;
mod plans;
mod published;
mod schedules;
mod window_csv;
mod windows;

pub(in crate::store) use self::{
    cases::maintenance_cases, derogation_csv::DerogationLine, derogation_rows::derogations,
    published::maintenance_published, schedules::maintenance_schedules, window_csv::WindowLine,
    windows::maintenance_windows,
};
pub use self::{
    cases::{
        KeyedCase, close as close_case, find as find_case, insert as insert_case, of_windows as cases_of,
    },
    derogation_rows::all as all_derogations,
    plan_line::{PlanColumns, read as read_window_plan},
    plans::{mark_published, save_plans},
    published::{
        ended_after as published_after, insert as insert_published, newest_of, newest_of_month,
        standing_after, versions_of_all, versions_of_month,
    },
    schedules::{insert as insert_schedule, last as last_schedule, of_month as schedules_of_month},
    windows::{
        ended_after as windows_after, find as find_window, of_references as windows_of_references,
        save as save_window, started_within as windows_within,
    },
};

#[cfg(test)]
mod tests;
