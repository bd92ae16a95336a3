//! Communications Hub stock: the firmware list, locations, units, charges, forecasts, and where each hub lies.

mod charge;
mod firmware;
mod forecast;
mod groups;
mod hubs;
mod indexes;
pub(in crate::store) mod list;
mod location;
mod site;
mod stock_row;
mod unit;

pub use self::{
    charge::all as hub_charges,
    firmware::all as firmware_list,
    forecast::of_site as site_forecasts,
    groups::{StockPlace, installed_groups, parties, stock_groups},
    hubs::{InstalledHub, StockedHub, each_stocked, installed_after, installed_on, place_of, stocked_after},
    indexes::drop_stock_indexes,
    location::{all as stock_locations, find as find_location},
    stock_row::save as save_stock_rows,
};
pub(in crate::store) use self::{
    charge::{ChargeLine, charges},
    firmware::{FirmwareLine, hub_firmware},
    forecast::{ForecastLine, forecasts},
    location::{LocationLine, locations},
    stock_row::{StockLine, find_all as stock_rows, stock},
    unit::{UnitLine, all as all_units, units},
};

#[cfg(test)]
mod tests;
