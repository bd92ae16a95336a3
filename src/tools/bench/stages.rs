//! The stages of an SR 8.4, each alone.

use std::{hint::black_box, time::Instant};

use anyhow::Context as _;

use super::{
    messages::{Kind, Maker},
    population::SUPPLIER,
    report::Stage,
    service::Bench,
};
use crate::{
    db::{Connection, Store, StoreFault},
    domain::{
        CodeOverrides, Decision, Facts, Instance, Now, Request, RequestIdUse, Response, ResponseCode,
        Timestamp, Trace, WebService,
    },
    duis::{
        signature::{self, canonical, pki},
        xml,
    },
    rules::{self, RuleSettings, access},
    store::{self, Cause, NewAnswer, NewDecision, Session},
};

/// How often each stage is done.
const ROUNDS: u32 = 4_000;
/// As many requests share a turn.
const TURN: usize = 32;
/// The first counter of the stages' RequestIDs: far from those that the service is sent.
const FIRST: u64 = 1 << 40;

/// Measures each; every message is another one, as it is on the wire.
pub(super) fn measure(bench: &Bench) -> anyhow::Result<Vec<Stage>> {
    let now = bench.clock.now();
    let mut maker = Maker::new(bench.signer()?, bench.homes, FIRST);
    let message = maker.make(Kind::Correct, 1)?.pop().context("no message was made")?;
    let decoded = xml::decode(&message)?;
    let store = Store::open(&bench.plan.store_url)?;
    let request = decoded.request().clone();
    let facts = store.read(|connection| {
        store::load_facts(&mut Session::new(connection), &request, RequestIdUse::New, now, &[])
    })?;
    let decision = decide(&request, &facts, now);
    let response = response_to(&request, decision.code, now.0);
    let answer = xml::encode(&response);
    let signer = bench.trust.signer_for(pki::DCC, now.0).context("the test PKI has no DCC")?;
    let mut stages = vec![
        timed("decode", || xml::decode(&message).is_ok()),
        timed("canonicalise", || !canonical::inclusive(decoded.document()).is_empty()),
        timed("verify (canonicalise, digest, ECDSA)", || {
            signature::verify_request(&decoded, &bench.trust, now.0).is_ok()
        }),
        timed("rules (access and decision)", || !decide(&request, &facts, now).steps.is_empty()),
        timed("encode", || !xml::encode(&response).as_str().is_empty()),
        timed("sign (digest, ECDSA)", || signature::sign_message(&answer, signer).is_ok()),
    ];
    let requests = (0..ROUNDS).map(|_| maker.request(Kind::Correct)).collect::<Result<Vec<_>, _>>()?;
    stages.push(through_the_store(&store, &requests, answer.as_str().as_bytes(), now)?);
    store.close();
    Ok(stages)
}

fn timed(name: &'static str, work: impl Fn() -> bool) -> Stage {
    let begin = Instant::now();
    for _ in 0..ROUNDS {
        black_box(work());
    }
    Stage { name, micros: begin.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS) }
}

fn decide(request: &Request, facts: &Facts<'_>, now: Now) -> Decision {
    let mut trace = Trace::new(CodeOverrides::default());
    match access::authorise(request, WebService::NonDevice, pki::DCC, &facts.account, &mut trace) {
        Ok(authorised) => rules::decide(&authorised, &facts.case, now, RuleSettings::default(), trace),
        Err(refusal) => Decision::refuse(trace, refusal),
    }
}

/// Facts, decision, effect, record and answer of each request, in turns such as the service takes.
fn through_the_store(store: &Store, requests: &[Request], answer: &[u8], now: Now) -> anyhow::Result<Stage> {
    let begin = Instant::now();
    for turn in requests.chunks(TURN) {
        let (turn, answer) = (turn.to_vec(), answer.to_vec());
        store.transact(move |connection: &mut Connection| in_one_turn(connection, &turn, &answer, now))?;
    }
    let count = f64::from(u32::try_from(requests.len())?);
    let name = "store (facts, rules, effect, record, answer)";
    Ok(Stage { name, micros: begin.elapsed().as_secs_f64() * 1e6 / count })
}

fn in_one_turn(
    connection: &mut Connection,
    requests: &[Request],
    answer: &[u8],
    now: Now,
) -> Result<(), StoreFault> {
    let mut session = Session::new(connection);
    session.prefetch(requests.iter())?;
    let mut decisions = Vec::with_capacity(requests.len());
    for request in requests {
        let facts = store::load_facts(&mut session, request, RequestIdUse::New, now, &[])?;
        let decision = decide(request, &facts, now);
        let (user, request_id) = (Some(SUPPLIER), Some(request.id));
        let cause = Cause { user, request_id, interface: request.body.service().as_str() };
        session.apply(&decision.changes, &cause, now)?;
        decisions.push(decision);
    }
    let records =
        requests.iter().zip(&decisions).map(|(request, decision)| record_of(request, decision, now));
    session.record(&Instance::default(), records)?;
    let new = requests.iter().map(|request| NewAnswer { id: &request.id, digest: &[0; 32], answer, at: now });
    session.remember(&new.collect::<Vec<_>>())
}

fn record_of<'a>(request: &'a Request, decision: &'a Decision, now: Now) -> NewDecision<'a> {
    NewDecision {
        request_id: &request.id,
        user: SUPPLIER,
        device: request.body.device(),
        variant: Some(request.variant),
        code: decision.code,
        rule: decision.decided_by(),
        at: now,
        steps: &decision.steps,
    }
}

fn response_to(request: &Request, code: ResponseCode, at: Timestamp) -> Response {
    Response {
        schema_version: request.schema_version.clone(),
        request_id: Some(request.id),
        response_id: None,
        code,
        at,
        variant: request.variant,
        payload: None,
    }
}
