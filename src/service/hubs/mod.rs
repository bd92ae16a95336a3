//! Hubs in stock and installed: reports, lists, and one hub (HUBS.md 3). The command opens the store to read and calls these functions;
//! the service calls them through [`App`](super::App). Nothing is written.

mod cell;
mod choices;
mod csv;
mod facts;
mod fault;
mod hub;
mod installed;
mod json;
mod list;
mod page;
mod question;
mod report;
mod rows;

pub(in crate::service) use self::facts::Lists;
pub use self::{
    cell::{Cell, ReportHead, ReportSink, ReportTotal},
    choices::HubChoices,
    csv::CsvReport,
    facts::HubBasis,
    fault::HubFault,
    hub::{HubRecord, hub_record},
    json::JsonReport,
    list::{LIST_COLUMNS, ListFilter, ListedHub, list},
    page::{HubPage, NoSuchPlace, hub_page},
    question::{ReportFormat, ReportQuestion},
    report::report,
};
