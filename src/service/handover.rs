//! The handover of an answer: why it is as it is, and when its last byte was given to the connection, or the connection is gone.

use std::{
    fmt, mem,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use super::{
    message_excerpt::MessageExcerpt,
    test_bench::{ChosenFault, FaultDraw},
};
use crate::domain::{RequestId, ServiceReferenceVariant};

/// The handover of one answer. The clones that the processing and the listener hold are one handover: it is done when the last of
/// them is dropped, as it is then certain that nothing more of the answer is written before.
#[derive(Clone, Debug, Default)]
pub struct Handover(Arc<Shared>);

/// Why an answer is as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The rule that decided, by its ID.
    pub rule: &'static str,
    /// What it requires and what was seen, or what the answer means.
    pub text: String,
    /// The message's RequestID, if it could be read.
    pub request_id: Option<RequestId>,
    /// Its Service Reference Variant, if it could be read.
    pub variant: Option<ServiceReferenceVariant>,
}

impl Reason {
    /// A reason for a message of which nothing was read.
    pub fn of(rule: &'static str, text: impl Into<String>) -> Self {
        Self { rule, text: text.into(), request_id: None, variant: None }
    }
}

/// What all parts of a handover share.
#[derive(Debug, Default)]
struct Shared {
    reason: OnceLock<Reason>,
    excerpt: OnceLock<MessageExcerpt>,
    about: OnceLock<(RequestId, ServiceReferenceVariant)>,
    faults: OnceLock<FaultDraw>,
    fault: OnceLock<ChosenFault>,
    may_forward: OnceLock<()>,
    work: Work,
}

/// Work that waits for the handover.
#[derive(Default)]
struct Work(Mutex<Vec<Box<dyn FnOnce() + Send>>>);

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work").finish_non_exhaustive()
    }
}

impl Handover {
    /// Says why the answer is as it is; the first reason stays.
    pub(super) fn explain(&self, reason: Reason) {
        drop(self.0.reason.set(reason));
    }

    /// Why the answer is as it is, where that was said.
    pub fn reason(&self) -> Option<&Reason> {
        self.0.reason.get()
    }

    /// Keeps the beginning of a message that is refused before a decision.
    pub(super) fn quote(&self, message: &[u8]) {
        drop(self.0.excerpt.set(MessageExcerpt::of(message)));
    }

    /// The beginning of the message, if it was refused before a decision.
    pub fn excerpt(&self) -> Option<&MessageExcerpt> {
        self.0.excerpt.get()
    }

    /// Says which request the message is.
    pub(super) fn identify(&self, id: RequestId, variant: ServiceReferenceVariant) {
        self.0.about.get_or_init(|| (id, variant));
    }

    /// Which request the message is, where that was read.
    pub fn about(&self) -> Option<(RequestId, ServiceReferenceVariant)> {
        self.0.about.get().copied()
    }

    /// Keeps how far the faults on purpose were tried on the message.
    pub(super) fn begin_faults(&self, draw: FaultDraw) {
        if let Some(chosen) = draw.chosen.clone() {
            self.choose_fault(chosen);
        }
        drop(self.0.faults.set(draw));
    }

    /// How far the faults on purpose were tried on the message.
    pub(super) fn fault_draw(&self) -> Option<&FaultDraw> {
        self.0.faults.get()
    }

    /// Says which fault on purpose acts on the message.
    pub(super) fn choose_fault(&self, chosen: ChosenFault) {
        drop(self.0.fault.set(chosen));
    }

    /// The fault on purpose that acts on the message.
    pub fn fault(&self) -> Option<&ChosenFault> {
        self.0.fault.get()
    }

    /// Says that the message may be forwarded: its sender is known.
    pub(super) fn allow_forwarding(&self) {
        self.0.may_forward.get_or_init(|| ());
    }

    /// Whether the message may be forwarded.
    pub fn may_forward(&self) -> bool {
        self.0.may_forward.get().is_some()
    }

    /// Does something after the handover, on the thread that ends it: it must not block.
    pub(super) fn then(&self, work: impl FnOnce() + Send + 'static) {
        self.0.work.0.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(work));
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let waiting = mem::take(self.0.get_mut().unwrap_or_else(PoisonError::into_inner));
        for work in waiting {
            work();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn work_waits_for_the_last_part_of_the_handover() {
        let (tell, told) = channel();
        let processing = Handover::default();
        let listening = processing.clone();
        processing.then(move || tell.send(()).unwrap());
        drop(processing);
        assert!(told.try_recv().is_err());
        drop(listening);
        assert!(told.try_recv().is_ok());
    }
}
