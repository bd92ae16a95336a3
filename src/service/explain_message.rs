//! Explanations of a message: it is decoded, verified and decided on the inventory as it is, and nothing is stored.

use super::{App, Fault};
use crate::{
    domain::{Decision, Request, RequestIdUse, ServiceReferenceVariant, WebService},
    duis::{
        signature,
        xml::{self, Undecodable},
    },
    rules::access,
    store::{FirstAnswer, Session},
};

/// How a message is decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Explaining {
    /// Whether the CSPs are asked about an SR 12.1, as the service would.
    pub asks_csps: bool,
    /// Whether its RequestID is taken as new, although it was used.
    pub takes_id_as_new: bool,
}

/// The verdict on the signature of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureVerdict {
    /// There is none.
    Absent,
    /// It is the originator's.
    Holds,
    /// It is not accepted: the reason.
    Fails(String),
}

/// Why a message is not decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotExplained {
    /// It is no XML that is accepted: place and reason.
    NotXml(String),
    /// It breaks the schema: place and reason.
    Invalid(String),
    /// DUIS knows the Service Request, and this service does not answer it.
    NotImplemented(ServiceReferenceVariant),
    /// The request asks for a Command that the User delivers locally.
    LocalDelivery,
}

/// A message that was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedMessage {
    /// The request.
    pub request: Request,
    /// Whether it is signed as it must be. The decision takes the originator at its word.
    pub signature: SignatureVerdict,
    /// The use of its RequestID so far.
    pub used: RequestIdUse,
    /// The decision.
    pub decision: Decision,
}

impl App {
    /// Decides a message that is not sent. Nothing is stored or counted.
    ///
    /// # Errors
    /// When the store fails.
    pub fn explain_message(
        &self,
        message: &[u8],
        how: Explaining,
    ) -> Result<Result<ExplainedMessage, NotExplained>, Fault> {
        let now = self.clock().now();
        let decoded = match xml::decode(message) {
            Ok(decoded) => decoded,
            Err(fault) => return Ok(Err(fault.into())),
        };
        let signature = match decoded.signature() {
            None => SignatureVerdict::Absent,
            Some(_) => match signature::verify_request(&decoded, &self.trust(), now.0) {
                Ok(_) => SignatureVerdict::Holds,
                Err(fault) => SignatureVerdict::Fails(fault.to_string()),
            },
        };
        let request = decoded.request().clone();
        // Of a message only: to which web service it was sent does not stand in it.
        let arrived_at = WebService::of(request.command_variant);
        if access::is_for_local_delivery(&request, arrived_at.into(), self.choices().dcc) {
            return Ok(Err(NotExplained::LocalDelivery));
        }
        // No CSP is asked for a message that the service would not decide.
        let asks = how.asks_csps && !matches!(signature, SignatureVerdict::Fails(_));
        let gathers = asks || !self.needs_csp(&request);
        let gathered = if gathers {
            self.gather(&request, arrived_at, now, how.takes_id_as_new)?
        } else {
            self.nothing_gathered()
        };
        let (used, decision) = self.store().read::<_, Fault>(|connection| {
            let mut session = Session::new(connection);
            let first = session.first_answer(&request.id)?;
            let used = FirstAnswer::use_of(first.as_ref());
            let taken = if how.takes_id_as_new { RequestIdUse::New } else { used };
            let decision =
                self.decide_on(&mut session, &request, &gathered, taken, arrived_at.into(), now)?;
            Ok((used, decision))
        })?;
        Ok(Ok(ExplainedMessage { request, signature, used, decision }))
    }
}

impl From<Undecodable> for NotExplained {
    fn from(fault: Undecodable) -> Self {
        match fault {
            Undecodable::NotXml(reason) => Self::NotXml(reason.to_string()),
            Undecodable::Invalid(invalid) => {
                Self::Invalid(format!("{}: {}", invalid.location, invalid.reason))
            }
            Undecodable::NotImplemented(variant) => Self::NotImplemented(variant),
        }
    }
}
