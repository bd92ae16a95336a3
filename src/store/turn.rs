//! The turn to deliver: of the instances on one database, one at a time has it.

use diesel::{PgConnection, QueryableByName, RunQueryDsl as _, sql_query, sql_types::Bool};

use super::{Store, StoreFault, connection::Location};

/// Held by the instance that delivers, for as long as its session lives. The number must never change.
const DELIVERY_LOCK: i64 = 0x73_6d_69_02;

/// The turn to deliver. It ends when it is dropped, and with the process: the server then gives it to another.
pub struct DeliveryTurn(Option<PgConnection>);

impl std::fmt::Debug for DeliveryTurn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("DeliveryTurn").field(&self.0.is_some()).finish()
    }
}

#[derive(QueryableByName)]
struct Granted {
    #[diesel(sql_type = Bool)]
    granted: bool,
}

impl DeliveryTurn {
    /// Whether it is still held: a session that was lost has lost it.
    pub fn is_held(&mut self) -> bool {
        self.0.as_mut().is_none_or(|session| sql_query("SELECT 1").execute(session).is_ok())
    }
}

impl Store {
    /// Takes the turn to deliver, unless another instance has it. A file has one user, so there it is always granted.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn take_delivery_turn(&self) -> Result<Option<DeliveryTurn>, StoreFault> {
        let Location::Postgres(server) = self.location() else { return Ok(Some(DeliveryTurn(None))) };
        let mut session = server.open_session()?;
        let ask = format!("SELECT pg_try_advisory_lock({DELIVERY_LOCK}) AS granted");
        let Granted { granted } = sql_query(ask).get_result(&mut session)?;
        Ok(granted.then_some(DeliveryTurn(Some(session))))
    }

    /// Whether other instances may share this database: their bells do not ring here.
    pub fn is_shared(&self) -> bool {
        matches!(self.location(), Location::Postgres(_))
    }
}
