//! Planned maintenance: windows in which the service is worked on, the months that they are published by, and what is said about them
//! (MP092; SERVICE.md 2, 3.3).

mod case;
mod derogation;
mod published;
mod text;
mod window;
mod window_sets;

pub use self::{
    case::{CaseId, CaseKind, CaseOutcome, ClosedCase, MaintenanceCase},
    derogation::{DerogableRule, Derogation},
    published::{MonthSchedule, PublishedWindow, RuleSet},
    text::{DerogationId, WindowReference, WindowText, WindowTitle},
    window::{MaintenanceWindow, WindowEnding, WindowPlan},
    window_sets::{
        AllowanceScope, Disruption, MaintenanceEnvironment, MaintenanceProvider, StoppedService,
        WindowAspect, WindowCategory, WindowKind, WindowState,
    },
};
