//! Whether a request may be forwarded: its signature was verified, and its sender is a known, Active User.

use crate::{
    db::StoreFault,
    domain::{Arrival, Eui64, Now, ServiceReferenceVariant, UserStatus},
    duis::{signature, xml},
    service::{
        App, Fault, Handover, Reply,
        forward::Forwarder,
        test_bench::{FaultAction, FaultKind},
    },
    store,
};

impl App {
    /// The client of the endpoint that requests are forwarded to; none where `[forward]` is not set.
    pub fn forwarder(&self) -> Option<&Forwarder> {
        self.0.forwarder.as_ref()
    }

    /// The reply to a request that is not answered here: 501, or a fault on purpose. Whether it may be forwarded is noted for the
    /// listener. Without forwarding and test bench nothing more of it is looked at.
    pub(in crate::service) fn reply_to_unanswered(
        &self,
        message: &[u8],
        variant: ServiceReferenceVariant,
        (arrival, handover): (Arrival, &Handover),
        now: Now,
    ) -> Result<Reply, Fault> {
        let reply = Reply::NotImplemented(variant);
        if self.forwarder().is_none() && self.test_bench().is_err() {
            return Ok(reply);
        }
        let Some(envelope) = xml::decode_envelope(message) else { return Ok(reply) };
        let user = envelope.id.originator;
        if signature::verify_document(&envelope.document, user, &self.trust(), now.0).is_err() {
            return Ok(reply);
        }
        handover.identify(envelope.id, variant);
        self.choose_fault(user, variant, vec![envelope.id.target], handover);
        let withheld = handover.fault().is_some_and(|fault| match fault.action {
            FaultAction::Status(..) | FaultAction::Plain(FaultKind::DropBefore) => true,
            FaultAction::Delay(_)
            | FaultAction::Code(_)
            | FaultAction::Plain(_)
            | FaultAction::DeliverLate(_) => false,
        });
        if withheld {
            return Ok(Reply::Withheld);
        }
        self.note_forwarding(user, arrival, handover)?;
        Ok(reply)
    }

    /// Notes that a request whose signature was verified may be forwarded, where its sender is a known, Active User, and the
    /// connection may send it.
    pub(in crate::service) fn note_forwarding(
        &self,
        user: Eui64,
        arrival: Arrival,
        handover: &Handover,
    ) -> Result<(), Fault> {
        let may_send = arrival.peer.is_none_or(|peer| !peer.bound_to_originator || peer.eui == Some(user));
        if self.forwarder().is_none() || !may_send {
            return Ok(());
        }
        let known = self.store().read::<_, StoreFault>(|connection| store::find_user(connection, user))?;
        let known = known.filter(|user| !user.roles.is_empty() && user.status == UserStatus::Active);
        if known.is_some() {
            handover.allow_forwarding();
        }
        Ok(())
    }
}
