//! The stages of an SR 8.4, each alone.

use std::{hint::black_box, thread, time::Instant};

use anyhow::Context as _;

use super::{
    messages::{Kind, Maker},
    population::SUPPLIER,
    report::Stage,
    service::Bench,
};
use crate::{
    access,
    domain::{
        CodeOverrides, Decision, Facts, Instance, Now, Request, RequestIdUse, Response, ResponseCode,
        Timestamp, Trace, WebService,
    },
    rules::{self, RuleSettings},
    signature::{self, canonical, pki},
    store::{self, Cause, Connection, NewAnswer, NewDecision, Store, StoreFault},
    xml,
};

/// How often each stage is done.
const ROUNDS: u32 = 4_000;
/// As many callers as wait for the store at once.
const CALLERS: usize = 64;
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
    let facts =
        store.read(|connection| store::load_facts(connection, &request, RequestIdUse::New, now, &[]))?;
    let decision = decide(&request, &facts, now)?;
    let response = response_to(&request, decision.code, now.0);
    let answer = xml::encode(&response);
    let signer = bench.trust.signer_for(pki::DCC, now.0).context("the test PKI has no DCC")?;
    let mut stages = vec![
        timed("decode", || xml::decode(&message).is_ok()),
        timed("canonicalise", || !canonical::inclusive(decoded.document()).is_empty()),
        timed("verify (canonicalise, digest, ECDSA)", || {
            signature::verify_request(&decoded, &bench.trust, now.0).is_ok()
        }),
        timed("rules (access and decision)", || decide(&request, &facts, now).is_ok()),
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

fn decide(request: &Request, facts: &Facts, now: Now) -> anyhow::Result<Decision> {
    let mut trace = Trace::new(CodeOverrides::default());
    match access::authorise(request, WebService::NonDevice, pki::DCC, &facts.account, &mut trace) {
        Ok(authorised) => {
            Ok(rules::decide(&authorised, &facts.subject, now, RuleSettings::default(), trace)?)
        }
        Err(refusal) => Ok(Decision::refuse(trace, refusal)),
    }
}

/// Facts, decision, effect, record and answer of each request, as one job each, from many callers at once.
fn through_the_store(store: &Store, requests: &[Request], answer: &[u8], now: Now) -> anyhow::Result<Stage> {
    let share = requests.len().div_ceil(CALLERS);
    let begin = Instant::now();
    let done = thread::scope(|scope| {
        let call =
            |part: &[Request]| part.iter().try_for_each(|request| in_one_job(store, request, answer, now));
        let calls = requests.chunks(share).map(|part| scope.spawn(move || call(part))).collect::<Vec<_>>();
        calls.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    let whole = begin.elapsed();
    for one in done {
        one.map_err(|_| anyhow::anyhow!("a caller broke off"))??;
    }
    let count = f64::from(u32::try_from(requests.len())?);
    let name = "store (facts, rules, effect, record, answer)";
    Ok(Stage { name, micros: whole.as_secs_f64() * 1e6 / count })
}

fn in_one_job(store: &Store, request: &Request, answer: &[u8], now: Now) -> anyhow::Result<()> {
    let (request, answer, instance) = (request.clone(), answer.to_vec(), Instance::default());
    let work = move |connection: &mut Connection| {
        let facts = store::load_facts(connection, &request, RequestIdUse::New, now, &[])?;
        let Ok(decision) = decide(&request, &facts, now) else { return Err(StoreFault::Closed) };
        let cause = Cause {
            user: Some(SUPPLIER),
            request_id: Some(request.id),
            interface: request.body.service().as_str(),
        };
        store::apply(connection, &decision.changes, &cause, now)?;
        store::record_decision(connection, &instance, record_of(&request, &decision, now))?;
        let new = NewAnswer { id: &request.id, digest: &[0; 32], answer: &answer, at: now };
        store::remember(connection, &[new])
    };
    Ok(store.transact(work)?)
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
