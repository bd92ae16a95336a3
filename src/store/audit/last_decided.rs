//! The last decision of each instance that ever decided.

use diesel::prelude::*;

use super::chain::heads;
use crate::{
    db::{Connection, StoreFault},
    domain::Timestamp,
    store::{decision::decisions, stored::Table},
};

/// An instance, by the chain of its decisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceDecisions {
    /// Its name.
    pub name: String,
    /// The number of its decisions, purged ones included.
    pub decisions: i64,
    /// When it last decided; absent where that decision was purged.
    pub last_at: Option<Timestamp>,
}

/// Loads each instance with its last decision, which is found by its place in the chain.
///
/// # Errors
/// When the database fails.
pub fn last_decided(connection: &mut Connection) -> Result<Vec<InstanceDecisions>, StoreFault> {
    let heads = heads(connection)?;
    let with_last = |(name, head): (String, super::Head)| {
        let last = decisions::table.filter(decisions::chain.eq(&name));
        let last = last.filter(decisions::sequence.eq(head.last.sequence)).select(decisions::decided_at);
        let last = last.get_result::<String>(connection).optional()?;
        let last_at = last.map(|at| Table("decisions").instant("decided_at", &at)).transpose()?;
        Ok(InstanceDecisions { name, decisions: head.last.sequence, last_at })
    };
    heads.into_iter().map(with_last).collect()
}
