//! What is read of a service beside its answers: its store, and what it counts.

use smi::{
    db::{Connection, StoreFault},
    domain::{DeviceField, Eui64, RequestId, Timestamp},
    store::{self, DecisionRecord, DueMessage, Kind},
};

use super::Smi;

impl Smi {
    /// A field of the record of a Device as it stood at an instant.
    pub(crate) fn stood(&self, id: Eui64, at: &str, field: DeviceField) -> Option<String> {
        let at = at.parse::<Timestamp>().unwrap();
        let past = self.read(|connection| store::record_as_at(connection, id, at)).unwrap();
        past.value(field).map(str::to_owned)
    }

    /// Reads from the store.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T, StoreFault>) -> T {
        self.service.store().read(work).unwrap()
    }

    /// The messages that wait in the outbox, oldest first; they are delivered then.
    pub(crate) fn drained(&self) -> Vec<DueMessage> {
        let (mut all, now) = (Vec::new(), self.now());
        loop {
            let due = self.read(|connection| store::outbox_schedule(connection, now, &[], 100)).due;
            if due.is_empty() {
                all.sort_by_key(|message: &DueMessage| message.id);
                return all;
            }
            let ids = due.iter().map(|message| message.id).collect::<Vec<_>>();
            let deliver = move |connection: &mut Connection| {
                ids.iter().try_for_each(|id| store::mark_message_delivered(connection, *id, now))
            };
            self.service.store().transact::<_, StoreFault, _>(deliver).unwrap();
            all.extend(due);
        }
    }

    /// What the store exports.
    pub(crate) fn exported(&self, kind: Kind) -> String {
        let mut csv = Vec::new();
        self.service.store().read(|connection| store::export(connection, kind, &mut csv)).unwrap();
        String::from_utf8(csv).unwrap()
    }

    /// The decisions recorded for a request.
    pub(crate) fn decisions(&self, id: RequestId) -> Vec<DecisionRecord> {
        self.read(|connection| store::decisions_of_request(connection, &id))
    }

    /// How many statements the writer and the batches of requests have sent.
    pub(crate) fn statements(&self) -> f64 {
        let page = self.service.metrics_page();
        let line = page.lines().find_map(|line| line.strip_prefix("smi_store_statements_total "));
        line.unwrap().parse().unwrap()
    }
}
