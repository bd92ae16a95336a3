//! A run: lines are signed and kept, sent over many connections, and noted as they are answered.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver, Sender as Channel},
    },
    thread,
    time::Duration,
};

use super::{
    control::{Control, Ending},
    file::Correction,
    flight::Message,
    journal::Journal,
    office::{Office, Parcel, Returned},
    pace::Pace,
    sender::{Answered, Sender, Unanswered},
    table::{Table, UnderWay},
};
use crate::{
    clock::Clock,
    domain::{
        Body, ChangedDetails, CommandVariant, Eui64, InventoryChange, Malformed, Request, RequestId,
        SchemaVersion, ServiceRequest, UpdateInventory,
    },
    duis::{
        signature::{self, SignFault, TrustStore},
        xml,
    },
    tls::ClientTls,
    tools::client::{Client, ClientFault},
};

/// How a run sends.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Where to, without the path.
    pub url: &'a str,
    /// What https is spoken with.
    pub tls: &'a ClientTls,
    /// The keys, and who is believed.
    pub trust: &'a TrustStore,
    /// The time that signatures are made and verified at.
    pub clock: Clock,
    /// The User that signs.
    pub originator: Eui64,
    /// Who is asked.
    pub dcc: Eui64,
    /// How many connections.
    pub connections: usize,
    /// As many messages a second, at most.
    pub rate: Option<f64>,
    /// How long a message may go without an answer.
    pub patience: Duration,
}

/// Why no message can be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unmade {
    #[error(transparent)]
    Client(#[from] ClientFault),
    #[error(transparent)]
    Value(#[from] Malformed),
    #[error(transparent)]
    Sign(#[from] SignFault),
}

impl Plan<'_> {
    /// The SR 8.4 that corrects that Device.
    ///
    /// # Errors
    /// When the Service Request has no variant, which is a mistake in this program.
    pub fn request(&self, correction: Correction, counter: u64) -> Result<Request, Malformed> {
        let changed = ChangedDetails { esme_variant: Some(correction.variant), ..ChangedDetails::default() };
        let change = InventoryChange::Details(changed);
        Ok(Request {
            schema_version: SchemaVersion::newest(),
            id: self.id(counter),
            command_variant: CommandVariant::NON_DEVICE,
            variant: ServiceRequest::UpdateInventory.as_str().parse()?,
            body: Body::UpdateInventory(UpdateInventory { device_id: correction.device, change }),
        })
    }

    const fn id(&self, counter: u64) -> RequestId {
        RequestId { originator: self.originator, target: self.dcc, counter }
    }

    /// That request, signed.
    pub(super) fn message(&self, correction: Correction, counter: u64) -> Result<Message, Unmade> {
        let at = self.clock.now().0;
        let signer = self.trust.signer_for(self.originator, at);
        let signer = signer.ok_or(ClientFault::NoSigner(self.originator))?;
        let request = xml::compose(&self.request(correction, counter)?);
        let bytes = signature::sign(request.as_bytes(), signer)?;
        let Correction { device, variant, .. } = correction;
        Ok(Message { counter, device, variant, bytes })
    }
}

/// Sends every line that came to nothing yet, and notes in the table and the journal what it comes to. `told` is called
/// after each answer. Gives those that may have been received and have no answer.
pub fn run(
    plan: &Plan<'_>,
    table: &mut Table,
    journal: &mut Journal,
    control: &Control,
    told: &mut dyn FnMut(&str),
) -> Vec<UnderWay> {
    let pace = Pace::new(plan.rate);
    let (parcels, taken) = mpsc::channel();
    let (back, results) = mpsc::channel();
    let taken = Mutex::new(taken);
    thread::scope(|scope| {
        for _ in 0..plan.connections {
            let sender = Sender {
                client: Client::over_tls(plan.url, plan.tls, plan.trust, plan.clock.clone(), plan.dcc),
                clock: plan.clock.clone(),
                pace: &pace,
                control,
                patience: plan.patience,
            };
            let (taken, back) = (&taken, back.clone());
            let deliver = move |parcel: &Parcel| {
                sender.deliver(plan.id(parcel.message.counter), &parcel.message.bytes, parcel.effort)
            };
            scope.spawn(move || send_all(control, &deliver, taken, &back));
        }
        // Without connections nothing comes back; nobody is to wait for it.
        drop(back);
        let mut office = Office::new(plan, table, journal, control, parcels);
        office.work(&results, told);
        office.left()
    })
}

/// What a connection does until there is nothing more to send.
fn send_all(
    control: &Control,
    deliver: &dyn Fn(&Parcel) -> Result<Answered, Unanswered>,
    taken: &Mutex<Receiver<Parcel>>,
    back: &Channel<Returned>,
) {
    loop {
        let parcel = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(parcel) = parcel else { return };
        // Whatever happens to it, a parcel comes back: the office counts them.
        let result = catch_unwind(AssertUnwindSafe(|| deliver(&parcel))).unwrap_or_else(|_| {
            let reason = "a connection broke: a mistake in this program".to_owned();
            control.stop(Ending::Refused(reason.clone()));
            Err(Unanswered::refused(reason))
        });
        if back.send(Returned { parcel, result }).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        domain::EsmeVariant,
        tools::correct::{flight::Message, sender::Effort},
    };

    #[test]
    fn a_connection_that_panics_gives_its_message_back_and_ends_the_run() {
        let (control, parcels) = (Control::default(), mpsc::channel());
        let (back, results) = mpsc::channel();
        for at in 0..2 {
            let device = Eui64::from_octets([0; 8]);
            let message = Message { counter: 1, device, variant: EsmeVariant::A, bytes: Vec::new() };
            let parcel = Parcel { at, group: 0, effort: Effort::Patient, message: Arc::new(message) };
            parcels.0.send(parcel).unwrap();
        }
        drop(parcels.0);
        send_all(&control, &|_| panic!("a test's"), &Mutex::new(parcels.1), &back);
        assert_eq!(results.try_iter().map(|returned| returned.parcel.at).collect::<Vec<_>>(), [0, 1]);
        assert!(matches!(control.ending(), Some(Ending::Refused(_))));
    }
}
