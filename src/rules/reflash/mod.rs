//! Re-flash orders (MP155, HUBS.md 4): what is decided about a request, an event, a delivery, the work and the way back. Facts go in; a
//! verdict with every check comes out.

mod authorise;
mod capacity;
mod correct;
mod delivery;
mod finish;
mod grounds;
mod labels;
mod line_grounds;
mod packages;
mod pallets;
mod price;
mod quota;
mod reasons;
mod settings;
mod sites;
mod slots;
mod statement;
mod units;
mod verdict;
mod work;
mod working_time;

pub use authorise::{AuthoriseFacts, authorise};
pub use capacity::{Capacity, capacity, is_forecast_due, newest_forecasts};
pub use correct::correct_receipt;
pub use delivery::{DeliveryFacts, Extent, Receipt, ReceivedHub, ReceivedTwice, receive};
pub use finish::{Amendment, Finished, HubCounts, ReturningHub, amend, finish, release};
pub use grounds::{Assessment, assess};
pub use labels::{Label, Labelled, labels};
pub use packages::package_of;
pub use price::{ILLUSTRATIVE_BANDS, IllustrativeBand, Price, PriceInputs};
pub use quota::SiteLoad;
pub use reasons::rule_of;
pub use settings::{Credit, ReflashSettings};
pub use slots::{TakenSlots, open_slots};
pub use statement::{Statement, StatementLine, Totals, elapsed_working_days, statement};
pub use units::{UnitBatch, next_batch};
pub use verdict::{Checks, Verdict};
pub use work::{NewOutcomes, OutcomeChange, outcomes, start, target};
pub use working_time::Circumstances;

pub use crate::rules::rulebook::order_states::{OrderTransition, TABLE, allowed, is_late_after, transition};

#[cfg(test)]
mod tests;
