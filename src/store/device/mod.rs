//! Devices: the inventory's rows, named queries, changes, status history, facts for decisions, and CSV.

mod apply;
mod checks;
mod column_structs;
mod columns;
mod facts;
pub(in crate::store) mod history;
pub(in crate::store) mod history_entry;
pub(in crate::store) mod history_write;
mod import;
mod lookup;
pub(in crate::store) mod milestones;
mod model;
mod premises;
mod query;
mod staged;
pub(in crate::store) mod suspension;
mod write;
mod write_set;

pub(in crate::store) use apply::{apply, write};
pub use columns::DeviceColumns;
pub(in crate::store) use columns::{DeviceLine, DeviceRow, StagedRow, devices};
pub(in crate::store) use facts::{
    SupplyPoint, load as load_facts, load_new, load_with, of_an_esme, own_supply_points, responsibilities,
    supply_point_of,
};
pub use facts::{gpf_of_meter, model_facts};
pub(in crate::store) use history::status_history;
pub use history::{StatusChange, imported_suspensions, last_suspension, page_of_device, status_before};
pub(in crate::store) use lookup::{DeviceLookup, run_all as run_all_lookups};
pub use milestones::{Joining, last_joined};
pub(in crate::store) use model::{ModelName, models, of_model};
pub(in crate::store) use premises::load as load_premises;
pub(in crate::store) use query::{
    BATCH, QUERY_LIMIT, by_mpxn, by_postcode, by_uprn, chfs_with_gpf, meters_on_hubs,
};
pub use query::{find, find_all, page_after};
pub(in crate::store) use write::{delete_returning_status, insert, not_in_inventory, status_moved};
pub(in crate::store) use write_set::{insert_all, remove_all, set_details_of_all, update_all};
