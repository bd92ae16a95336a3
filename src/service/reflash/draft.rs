//! A request for a re-flash, apart from its file.

use crate::domain::{
    ActorName, Date, Eui64, FreeText, LocationId,
    reflash::{DayWindow, OrderNumber},
};

/// What a Party asks for, apart from the file.
#[derive(Clone, Debug)]
pub struct RequestDraft {
    /// The User.
    pub user: Eui64,
    /// The number of hubs as stated.
    pub hubs: Option<u32>,
    /// Where the hubs go back to.
    pub location: Option<LocationId>,
    /// When.
    pub redeliver_on: Option<Date>,
    /// In which window.
    pub window: Option<DayWindow>,
    /// The site, where one is named.
    pub site: Option<LocationId>,
    /// The order that it amends.
    pub amends: Option<OrderNumber>,
    /// The Party's own reference.
    pub reference: Option<FreeText>,
    /// Who sends it, as the act keeps it; absent: the User itself. It is no part of what is asked for.
    pub by: Option<ActorName>,
}
