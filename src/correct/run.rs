//! A run: groups of lines are signed and kept, sent over many connections, and noted as they are answered.
//!
//! Two groups are under way at a time: while one is sent, the next one is ready. So as many messages as two groups hold
//! are kept, in memory and on the disk, however long the file is.

use std::{
    collections::BTreeSet,
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
    journal::{GROUPS, Journal, JournalFault},
    pace::Pace,
    sender::{Answered, Sender},
    table::{Outcome, Table, UnderWay},
};
use crate::{
    client::{Client, ClientFault},
    clock::Clock,
    domain::{
        Body, ChangedDetails, CommandVariant, Eui64, InventoryChange, Malformed, Request, RequestId,
        SchemaVersion, Service, UpdateInventory,
    },
    signature::{self, SignFault, TrustStore},
    tls::ClientTls,
    xml,
};

/// Messages of a group, for each connection: enough that none waits for the next group to be signed and kept.
const SHARE: usize = 32;
/// Messages of a group at most, however many connections there are: some 2 KB each.
const GROUP: usize = 2_048;

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
enum Unmade {
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
            variant: Service::UpdateInventory.as_str().parse()?,
            body: Body::UpdateInventory(UpdateInventory { device_id: correction.device, change }),
        })
    }

    const fn id(&self, counter: u64) -> RequestId {
        RequestId { originator: self.originator, target: self.dcc, counter }
    }

    fn message(&self, correction: Correction, counter: u64) -> Result<Message, Unmade> {
        let at = self.clock.now().0;
        let signer = self.trust.signer_for(self.originator, at);
        let signer = signer.ok_or(ClientFault::NoSigner(self.originator))?;
        let request = xml::compose(&self.request(correction, counter)?);
        let bytes = signature::sign(request.as_bytes(), signer)?;
        let Correction { device, variant, .. } = correction;
        Ok(Message { counter, device, variant, bytes })
    }
}

/// A message on its way to a connection, and what became of it on its way back.
struct Parcel<T> {
    at: u32,
    group: usize,
    counter: u64,
    content: T,
}

/// Sends every line that came to nothing yet, and notes in the table and the journal what it comes to. `told` is called
/// after each answer. Gives those that were under way when the run ended.
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
            scope.spawn(move || send_all(plan, &sender, taken, &back));
        }
        let mut office =
            Office { plan, table, journal, control, parcels, groups: Default::default(), next: 0 };
        office.work(&results, told);
        office.left()
    })
}

/// What a connection does until there is nothing more to send.
fn send_all(
    plan: &Plan<'_>,
    sender: &Sender<'_>,
    taken: &Mutex<Receiver<Parcel<Vec<u8>>>>,
    back: &Channel<Parcel<Option<Answered>>>,
) {
    loop {
        let parcel = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Parcel { at, group, counter, content }) = parcel else { return };
        let content = sender.deliver(plan.id(counter), &content);
        if back.send(Parcel { at, group, counter, content }).is_err() {
            return;
        }
    }
}

/// Makes the groups and takes in what comes back: the one thread that writes.
struct Office<'a> {
    plan: &'a Plan<'a>,
    table: &'a mut Table,
    journal: &'a mut Journal,
    control: &'a Control,
    parcels: Channel<Parcel<Vec<u8>>>,
    /// Of each group, what was sent and is not back.
    groups: [Group; GROUPS],
    /// The first line that was not looked at.
    next: u32,
}

#[derive(Default)]
struct Group {
    away: usize,
    /// Came back without an answer.
    unanswered: Vec<UnderWay>,
}

impl Office<'_> {
    fn work(&mut self, results: &Receiver<Parcel<Option<Answered>>>, told: &mut dyn FnMut(&str)) {
        let earlier = self.journal.under_way();
        // Not to be taken for lines that were never sent.
        let known = earlier.iter().flatten().map(|(at, _)| *at).collect::<BTreeSet<_>>();
        for (group, messages) in earlier.into_iter().enumerate() {
            self.send(group, messages);
        }
        loop {
            let ended = self.fill(&known).and_then(|()| {
                if self.groups.iter().all(|group| group.away == 0) {
                    return Ok(true);
                }
                // Whatever was sent comes back: the connections wait for us, not we for them.
                let Ok(parcel) = results.recv() else { return Ok(true) };
                self.take(parcel, told).map(|()| false)
            });
            match ended {
                Ok(true) => break,
                Ok(false) => {}
                Err(fault) => self.control.stop(Ending::Journal(fault.to_string())),
            }
        }
        if let Err(fault) = self.finish() {
            self.control.stop(Ending::Journal(fault.to_string()));
        }
    }

    /// Makes groups as long as there is room and there are lines.
    fn fill(&mut self, known: &BTreeSet<u32>) -> Result<(), JournalFault> {
        for group in 0..GROUPS {
            let is_free = self.groups.get(group).is_some_and(|group| group.away == 0);
            if !is_free || self.control.is_stopped() {
                continue;
            }
            let Some(messages) = self.make(known) else { continue };
            // What the group held is answered; it may be forgotten once the answers are on the disk.
            self.journal.sync()?;
            self.journal.begin(group, messages.iter().map(|(_, message)| message))?;
            self.send(group, messages);
        }
        Ok(())
    }

    /// The next group; nothing where no line is left, or none can be signed.
    fn make(&mut self, known: &BTreeSet<u32>) -> Option<Vec<(u32, Message)>> {
        let size = self.plan.connections.saturating_mul(SHARE).min(GROUP);
        let mut messages = Vec::new();
        while messages.len() < size {
            let Some(correction) = self.table.correction(self.next) else { break };
            let at = self.next;
            self.next += 1;
            if known.contains(&at) || self.table.outcome(at).is_some() {
                continue;
            }
            match self.plan.message(correction, self.journal.counter()) {
                Ok(message) => messages.push((at, message)),
                Err(fault) => {
                    self.control.stop(Ending::Refused(fault.to_string()));
                    return None;
                }
            }
        }
        (!messages.is_empty()).then_some(messages)
    }

    fn send(&mut self, group: usize, messages: Vec<(u32, Message)>) {
        for (at, Message { counter, bytes, .. }) in messages {
            // The connections take until we close the channel, or a thread of theirs broke: then nothing comes back.
            let sent = self.parcels.send(Parcel { at, group, counter, content: bytes });
            if let (Ok(()), Some(group)) = (sent, self.groups.get_mut(group)) {
                group.away += 1;
            }
        }
    }

    fn take(
        &mut self,
        Parcel { at, group, counter, content }: Parcel<Option<Answered>>,
        told: &mut dyn FnMut(&str),
    ) -> Result<(), JournalFault> {
        let Some(group) = self.groups.get_mut(group) else { return Ok(()) };
        group.away = group.away.saturating_sub(1);
        let Some(Answered { code, answered_at, milliseconds, attempts }) = content else {
            group.unanswered.push(UnderWay { at, counter });
            return Ok(());
        };
        let Some(number) = self.table.codes.number(&code) else {
            group.unanswered.push(UnderWay { at, counter });
            self.control.stop(Ending::Refused(format!("the answer's code is none: `{code:.40}`")));
            return Ok(());
        };
        told(&code);
        let outcome = Outcome { counter, answered_at, milliseconds, attempts, code: number };
        self.table.set(at, Some(outcome));
        self.journal.record(self.table, at, outcome)
    }

    /// Where nothing is left under way, the groups need not be kept.
    fn finish(&mut self) -> Result<(), JournalFault> {
        let is_answered = self.groups.iter().all(|group| group.unanswered.is_empty());
        if is_answered { self.journal.end() } else { self.journal.sync() }
    }

    fn left(self) -> Vec<UnderWay> {
        self.groups.into_iter().flat_map(|group| group.unanswered).collect()
    }
}
