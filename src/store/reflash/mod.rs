//! Re-flash orders: the orders, their hubs, the facts about a request, and its file.

mod batches;
mod columns;
mod facts;
mod hubs;
mod of_hub;
mod orders;
mod sheet;
mod site_load;
mod tables;
mod work;
mod work_files;

pub use self::{
    batches::open_batches,
    facts::load as request_facts,
    hubs::{
        HubStates, insert as insert_hubs, of_order as hubs_of_order, open_orders, page as hubs_page,
        reasons_of_lines, release_all as release_hubs, states as hub_states,
    },
    of_hub::orders_of_hub,
    orders::{
        OrderFilter, amended_by, find as find_order, insert as insert_order,
        of_reference as order_of_reference, page as orders_page, save as save_order,
    },
    sheet::{read_request, write_request},
    site_load::{site_load, taken_slots},
    work::{HubDetails, hub_details, next_asn, save_hubs, units_in_use},
    work_files::{read_outcomes, read_received},
};
pub(in crate::store) use self::{
    hubs::outcomes_on_open_orders,
    tables::{reflash_hubs, reflash_orders},
    work::{OpenHub, open_hubs},
};
