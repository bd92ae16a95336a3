//! Acts: recorded in the transaction of what they are about, and listed.

use super::{App, Fault};
use crate::{
    db::{Connection, StoreFault},
    domain::Act,
    store::{self, ActFilter, KeyedAct, ListOrder, PageRequest, Paged},
};

impl App {
    /// A page of the acts that fit.
    ///
    /// # Errors
    /// When the store fails.
    pub fn acts(
        &self,
        filter: &ActFilter,
        order: ListOrder,
        page: PageRequest,
    ) -> Result<Paged<KeyedAct>, Fault> {
        self.store().read(|connection| Ok(store::acts_page(connection, filter, order, page)?))
    }

    /// Records an act that changes nothing else in the store.
    pub(super) fn record_act(&self, act: Act) -> Result<(), Fault> {
        let record = move |connection: &mut Connection| store::record_act(connection, &act).map(drop);
        Ok(self.store().transact::<_, StoreFault, _>(record)?)
    }
}
