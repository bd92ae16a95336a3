//! The locks of a batch on a server: RequestIDs, the Users whose firmware images it counts, and the Devices that its requests read or
//! change.
//!
//! They are advisory, as the row of a new RequestID or Device is not there yet. A batch takes all of them by one statement in the order
//! of their keys, so that two batches never wait for each other in a circle. With a Device it takes the CHF, GPF and meter that the
//! Device names: what a decision reads of a home, and what a change of it would change for the home's other Devices, is locked by the
//! hub. Several thousand may be held at once; the server's table has `max_locks_per_transaction` for each of its `max_connections`.

use std::collections::BTreeSet;

use diesel::{
    QueryableByName,
    sql_types::{Nullable, Text},
};

use super::Session;
use crate::{
    db::{
        Connection, StoreFault,
        prepared::{self, BindColumn, Statement},
    },
    domain::{Device, Eui64, RequestId},
    store::stored::Table,
};

/// The prepared statement that takes the locks. The numbers (`smi`, 4 and 5) are an agreement between versions and never change.
/// PostgreSQL evaluates the function after the inner ORDER BY, row by row.
struct TakeLocks;

impl Statement for TakeLocks {
    const TEXT: &'static [&'static str] = &[
        "SELECT device_id, pg_advisory_xact_lock(key)::text AS granted FROM (\
        SELECT NULL AS device_id, \
        hashtextextended(request_id, hashtextextended(current_schema(), 1936550148)) AS key FROM unnest(",
        ") AS asked (request_id) UNION ALL SELECT device_id, \
        hashtextextended(device_id, hashtextextended(current_schema(), 1936550149)) FROM (\
        SELECT device_id FROM unnest(",
        ") AS named (device_id) UNION SELECT home.device_id FROM unnest(",
        ") AS named (device_id) \
        CROSS JOIN LATERAL (SELECT * FROM devices WHERE devices.device_id = named.device_id LIMIT 1) AS device \
        CROSS JOIN LATERAL unnest(ARRAY[device.chf_device_id, device.associated_gpf_device_id, \
        device.associated_device_id]) AS home (device_id) WHERE home.device_id IS NOT NULL) AS involved \
        ORDER BY key) AS locks",
    ];
}

#[derive(QueryableByName)]
struct LockRow {
    #[diesel(sql_type = Nullable<Text>)]
    device_id: Option<String>,
}

const TABLE: Table = Table("devices");

impl Session<'_> {
    /// Locks RequestIDs, Users whose images are counted, and Devices until the end of the transaction, each Device with the CHF, GPF and
    /// meter that it names. What was read of Devices before is dropped. To be called before anything that depends on them is read; on a file, which has one writer, it
    /// does nothing.
    ///
    /// # Errors
    /// When a lock is not given in time, or the database fails.
    pub fn lock(
        &mut self,
        requests: &[RequestId],
        counted: &BTreeSet<Eui64>,
        devices: &BTreeSet<Eui64>,
    ) -> Result<(), StoreFault> {
        let Connection::Postgres(server) = &mut *self.connection else { return Ok(()) };
        // No RequestID begins so.
        let counted = counted.iter().map(|user| format!("images of {user}"));
        let requests = requests.iter().map(ToString::to_string).chain(counted).collect::<Vec<_>>();
        let devices = devices.iter().map(ToString::to_string).collect::<Vec<_>>();
        let ids = || BindColumn::texts(&devices, |id| Some(id));
        let columns = [BindColumn::texts(&requests, |id| Some(id)), ids(), ids()];
        for LockRow { device_id } in prepared::load_for_rows::<TakeLocks, LockRow>(server, &columns)? {
            let device: Option<Eui64> = TABLE.optional("device_id", device_id.as_deref())?;
            self.locked.extend(device);
        }
        self.devices.clear();
        Ok(())
    }

    /// Those of these Devices, and of the Devices that they name, that are not locked: the home changed before its locks were given,
    /// or a decision reaches further than the request names. To be called after they were prefetched.
    ///
    /// # Errors
    /// When the database fails.
    pub fn unlocked(&mut self, devices: &BTreeSet<Eui64>) -> Result<BTreeSet<Eui64>, StoreFault> {
        let mut unlocked = BTreeSet::new();
        if !self.is_remote() {
            return Ok(unlocked);
        }
        for id in devices {
            let home = |Device { chf, associated_gpf, associated_device, .. }: Device| {
                [chf, associated_gpf, associated_device]
            };
            let named = self.device(*id)?.map(home).into_iter().flatten().flatten();
            let involved = named.chain([*id]);
            unlocked.extend(involved.filter(|id| !self.locked.contains(id)));
        }
        Ok(unlocked)
    }
}
