//! Communications Hub stock: where hubs lie, which firmware is in production, what it costs, and until when a hub may be used
//! (HUBS.md 2 and 3). A hub is a CHF with its GPF; in stock is one that is Pending and not SMETS1.

mod band;
mod charge;
mod firmware;
mod forecast;
mod group;
mod location;
mod number;
mod pence;
mod regulatory_year;
mod report;
mod send_by;
mod stock_row;
mod unit;

pub use self::{
    band::Band,
    charge::{Charge, ChargeKind, Charges},
    firmware::{FirmwareList, Generation, HubFirmware, HubModel},
    forecast::Forecast,
    group::{HubVersion, InstalledGroup, Parties, ShownVersion, StockGroup},
    location::{LocationUse, ReflashSite, StockLocation},
    number::{HubLimit, HubNumber, UnitPlaces},
    pence::{Pence, pounds},
    regulatory_year::RegulatoryYear,
    report::{HubReport, StockDivision},
    send_by::send_by,
    stock_row::{Packaging, StockRow},
    unit::ReflashUnit,
};
