//! A Service Request on its way: decoded, verified, decided in its turn, answered.

use tokio::sync::oneshot::{self, Sender};

use super::{
    App, Fault,
    batch::{Asked, Done},
};
use crate::{
    clock::Stopwatch,
    domain::{
        Arrival, Decision, Now, Peer, Request, RequestId, Response, ResponseCode, SchemaVersion,
        ServiceReferenceVariant,
    },
    duis::{
        signature,
        xml::{self, Invalid, Undecodable},
    },
    hash::Hasher,
    metrics::Stage,
    rules::rulebook::common,
    store::Cause,
};

/// What a message gets.
#[derive(Debug)]
pub enum Reply {
    /// A signed `sr:Response`.
    Answer(Vec<u8>),
    /// It is not XML we read: where and why.
    NotXml(String),
    /// DUIS knows the Service Request, this service does not answer it.
    NotImplemented(ServiceReferenceVariant),
}

/// What is told of a message that was taken.
pub enum News {
    /// It is over; [`App::conclude`] has its reply.
    Over(Ending),
    /// Its sender is proven, and CSPs may have to be asked before its turn: [`App::ask`], then [`App::settle`].
    Asks(Box<Proven>),
}

/// How a message ended.
pub struct Ending(End);

enum End {
    /// Nobody is proven to have sent it.
    Early(Result<Reply, Fault>),
    /// Its turn is over.
    Settled(Result<Done, Fault>, Note),
}

/// A request whose sender is proven.
pub struct Proven {
    asked: Asked,
    note: Note,
}

/// What is logged of a request in the end.
struct Note {
    id: RequestId,
    variant: ServiceReferenceVariant,
    peer: Option<Peer>,
    /// Since it came.
    stopwatch: Stopwatch,
}

/// Whoever waits for the end of a request's turn.
pub(super) struct Caller {
    note: Note,
    tell: Sender<News>,
}

impl Caller {
    /// Tells how it ended; who no longer waits does not need to know.
    pub(super) fn tell(self, done: Result<Done, Fault>) {
        let Self { note, tell } = self;
        drop(tell.send(News::Over(Ending(End::Settled(done, note)))));
    }
}

impl App {
    /// Answers one message. Blocks until what it did is on the disk.
    ///
    /// # Errors
    /// When the store or the signer fails; nothing was changed then.
    pub fn answer(&self, message: &[u8], arrival: impl Into<Arrival>) -> Result<Reply, Fault> {
        let (tell, mut told) = oneshot::channel();
        self.take(message, arrival, tell);
        loop {
            match told.blocking_recv().map_err(|_| Fault::BrokeOff)? {
                News::Over(ending) => return self.conclude(ending),
                News::Asks(mut proven) => {
                    self.ask(&mut proven)?;
                    let (tell, told_then) = oneshot::channel();
                    self.settle(*proven, tell);
                    told = told_then;
                }
            }
        }
    }

    /// Decodes one message, verifies who sent it, and has it decided in the next turn to write: all that is to be computed
    /// before. Waits for nothing; `tell` hears of it once, mostly from another thread. What it did is on the disk then.
    pub fn take(&self, message: &[u8], arrival: impl Into<Arrival>, tell: Sender<News>) {
        let news = match self.receive(message, arrival.into()) {
            Ok(Received::Answered(reply)) => News::Over(Ending(End::Early(Ok(reply)))),
            Err(fault) => News::Over(Ending(End::Early(Err(fault)))),
            Ok(Received::Proven(proven)) if self.may_ask(&proven.asked.request) => News::Asks(proven),
            Ok(Received::Proven(proven)) => return self.settle(*proven, tell),
        };
        drop(tell.send(news));
    }

    /// Asks CSPs, before the turn: no writer waits for a CSP. Blocks until they answered, or are given up.
    ///
    /// # Errors
    /// When the store fails.
    pub fn ask(&self, proven: &mut Proven) -> Result<(), Fault> {
        let asked = &mut proven.asked;
        asked.live = self.live_coverage(&asked.request, asked.arrival)?;
        asked.queued = Stopwatch::start();
        Ok(())
    }

    /// Has a message that was taken decided in the next turn to write; `tell` hears of it once.
    pub fn settle(&self, proven: Proven, tell: Sender<News>) {
        let Proven { asked, note } = proven;
        self.in_next_turn(asked, Caller { note, tell });
    }

    /// Counts and logs how a message ended; its reply.
    ///
    /// # Errors
    /// When the store or the signer failed; nothing was changed then.
    pub fn conclude(&self, ending: Ending) -> Result<Reply, Fault> {
        let (done, note) = match ending.0 {
            End::Early(reply) => return reply,
            End::Settled(done, note) => (done, note),
        };
        let Note { id, variant, peer, stopwatch } = note;
        let Done { answer, decision } = self.noted(done)?;
        self.0.metrics.answered(Some(variant), decision.map(|(code, _)| code));
        let (client, ms) = (peer.map(|peer| peer.to_string()), stopwatch.milliseconds());
        match decision {
            None => {
                tracing::info!(request_id = %id, client, %variant, ms, "the same message again: the first answer again");
            }
            Some((code, rule)) => {
                self.0.metrics.decided(rule);
                tracing::info!(request_id = %id, client, %variant, %code, rule, ms, "decided");
            }
        }
        Ok(Reply::Answer(answer))
    }

    fn receive(&self, message: &[u8], arrival: Arrival) -> Result<Received, Fault> {
        let (now, stopwatch) = (self.0.clock.now(), Stopwatch::start());
        let decoded = match self.timed(Stage::Decode, || xml::decode(message)) {
            Ok(decoded) => decoded,
            Err(Undecodable::NotXml(reason)) => return Ok(Reply::NotXml(reason.to_string()).into()),
            Err(Undecodable::NotImplemented(variant)) => return Ok(Reply::NotImplemented(variant).into()),
            Err(Undecodable::Invalid(invalid)) => {
                return Ok(self.refuse_invalid(*invalid, arrival, now)?.into());
            }
        };
        let verify = || signature::verify_request(&decoded, &self.trust(), now.0);
        let request = match self.timed(Stage::Verify, verify) {
            Ok(verified) => verified.into_request(),
            Err(fault) => return Ok(self.refuse_unsigned(decoded.request(), &fault, arrival, now)?.into()),
        };
        let live = self.no_csp_asked();
        let note = Note { id: request.id, variant: request.variant, peer: arrival.peer, stopwatch };
        let (digest, queued, span) = (digest_of(message), Stopwatch::start(), tracing::Span::current());
        let asked = Asked { request, live, digest, arrival, now, queued, span };
        Ok(Received::Proven(Box::new(Proven { asked, note })))
    }

    fn refuse_invalid(&self, invalid: Invalid, arrival: Arrival, now: Now) -> Result<Reply, Fault> {
        let salvaged_variant = invalid.salvaged.variant;
        let id = invalid.salvaged.request_id;
        log_refusal(id, salvaged_variant, arrival, common::SCHEMA.id, &invalid.place);
        let salvaged = invalid.salvaged;
        let response = Response {
            schema_version: salvaged.schema_version.unwrap_or_else(SchemaVersion::newest),
            request_id: salvaged.request_id,
            response_id: None,
            code: self.0.choices.codes.code_of(common::SCHEMA),
            at: now.0,
            variant: salvaged.variant.unwrap_or_else(ServiceReferenceVariant::unreadable),
            payload: None,
        };
        let answer = self.signed(&xml::encode(&response), now)?;
        self.0.metrics.answered(salvaged_variant, Some(response.code));
        Ok(Reply::Answer(answer))
    }

    fn refuse_unsigned(
        &self,
        request: &Request,
        fault: &signature::SignatureFault,
        arrival: Arrival,
        now: Now,
    ) -> Result<Reply, Fault> {
        let variant = Some(request.variant);
        log_refusal(Some(request.id), variant, arrival, common::SIGNATURE.id, &fault.to_string());
        let code = self.0.choices.codes.code_of(common::SIGNATURE);
        let answer = self.signed(&xml::encode(&response_to(request, code, now)), now)?;
        self.0.metrics.answered(Some(request.variant), Some(code));
        Ok(Reply::Answer(answer))
    }

    pub(super) fn answer_of(&self, asked: &Asked, decision: &Decision) -> Result<Vec<u8>, Fault> {
        let Asked { request, now, .. } = asked;
        let response =
            Response { payload: decision.payload.clone(), ..response_to(request, decision.code, *now) };
        self.signed(&xml::encode(&response), *now)
    }
}

/// What a message is after it was decoded and verified.
enum Received {
    /// It is answered: nobody is proven to have sent it.
    Answered(Reply),
    /// Its sender is proven; it is to be decided.
    Proven(Box<Proven>),
}

impl From<Reply> for Received {
    fn from(reply: Reply) -> Self {
        Self::Answered(reply)
    }
}

fn response_to(request: &Request, code: ResponseCode, now: Now) -> Response {
    Response {
        schema_version: request.schema_version.clone(),
        request_id: Some(request.id),
        response_id: None,
        code,
        at: now.0,
        variant: request.variant,
        payload: None,
    }
}

/// The User, its request, and the Service Request as the interface.
pub(super) fn cause_of(request: &Request) -> Cause {
    Cause {
        user: Some(request.id.originator),
        request_id: Some(request.id),
        interface: request.body.service().as_str(),
    }
}

/// What tells the very same message from another under its RequestID.
pub(super) fn digest_of(message: &[u8]) -> [u8; 32] {
    let mut hasher = Hasher::plain();
    hasher.raw(message);
    *hasher.finish().as_bytes()
}

/// Names the rule and the place, and never the message's values.
fn log_refusal(
    request_id: Option<RequestId>,
    variant: Option<ServiceReferenceVariant>,
    arrival: Arrival,
    rule: &str,
    place: &str,
) {
    let client = arrival.peer.map(|peer| peer.to_string());
    let request_id = request_id.map(|id| id.to_string());
    let variant = variant.map(ServiceReferenceVariant::as_str);
    tracing::warn!(request_id, client, variant, rule, place, "refused");
}
