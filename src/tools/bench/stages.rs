//! The stages of answering an SR 8.4, each measured by itself.

use std::{hint::black_box, time::Instant};

use anyhow::Context as _;

use super::{
    messages::{BenchRequest, RequestMaker},
    population::SUPPLIER,
    report::StageTime,
    setup::BenchSetup,
};
use crate::{
    db::{Connection, Store, StoreFault},
    domain::{
        CodeOverrides, Decision, Facts, FieldChange, Instance, Now, Request, RequestIdUse, Response,
        ResponseCode, Timestamp, Trace, WebService,
    },
    duis::{
        signature::{self, canonical, pki},
        xml,
    },
    rules::{self, RuleSettings, access},
    store::{self, Cause, NewAnswer, NewDecision, Session},
};

/// The repetitions of each stage.
const ROUNDS: u32 = 4_000;
/// Requests in a batch of the store.
const BATCH: usize = 32;
/// The first counter of the RequestIDs, far from those that the service is sent.
const FIRST: u64 = 1 << 40;

/// Measures each stage.
pub(super) fn measure(setup: &BenchSetup) -> anyhow::Result<Vec<StageTime>> {
    let now = setup.clock.now();
    let mut maker = RequestMaker::new(setup.signer()?, setup.homes, FIRST);
    let message = maker.make(BenchRequest::Correct, 1)?.pop().context("no message was made")?;
    let decoded = xml::decode(&message)?;
    let store = Store::open(&setup.plan.store_url)?;
    let request = decoded.request().clone();
    let facts = store.read(|connection| {
        store::load_facts(&mut Session::new(connection), &request, RequestIdUse::New, now, &[])
    })?;
    let decision = decide(&request, &facts, now);
    let response = response_to(&request, decision.code, now.0);
    let answer = xml::encode(&response);
    let signer = setup.trust.signer_for(pki::DCC, now.0).context("the test PKI has no DCC")?;
    let mut stages = vec![
        timed("decode", || xml::decode(&message).is_ok()),
        timed("canonicalise", || !canonical::inclusive(decoded.document()).is_empty()),
        timed("verify (canonicalise, digest, ECDSA)", || {
            signature::verify_request(&decoded, &setup.trust, now.0).is_ok()
        }),
        timed("rules (access and decision)", || !decide(&request, &facts, now).steps.is_empty()),
        timed("encode", || !xml::encode(&response).as_str().is_empty()),
        timed("sign (digest, ECDSA)", || signature::sign_message(&answer, signer).is_ok()),
    ];
    let requests =
        (0..ROUNDS).map(|_| maker.request(BenchRequest::Correct)).collect::<Result<Vec<_>, _>>()?;
    stages.push(through_the_store(&store, &requests, answer.as_str().as_bytes(), now)?);
    store.close();
    Ok(stages)
}

fn timed(name: &'static str, work: impl Fn() -> bool) -> StageTime {
    let begin = Instant::now();
    for _ in 0..ROUNDS {
        black_box(work());
    }
    StageTime { name, micros: begin.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS) }
}

fn decide(request: &Request, facts: &Facts<'_>, now: Now) -> Decision {
    let mut trace = Trace::new(CodeOverrides::default());
    match access::authorise(request, WebService::NonDevice, pki::DCC, &facts.account, &mut trace) {
        Ok(authorised) => rules::decide(&authorised, &facts.case, now, RuleSettings::default(), trace),
        Err(refusal) => Decision::refuse(trace, refusal),
    }
}

/// Facts, decision, effect, record and answer of each request, in batches as the service makes them.
fn through_the_store(
    store: &Store,
    requests: &[Request],
    answer: &[u8],
    now: Now,
) -> anyhow::Result<StageTime> {
    let begin = Instant::now();
    for batch in requests.chunks(BATCH) {
        let (batch, answer) = (batch.to_vec(), answer.to_vec());
        store.transact(move |connection: &mut Connection| one_batch(connection, &batch, &answer, now))?;
    }
    let count = f64::from(u32::try_from(requests.len())?);
    let name = "store (facts, rules, effect, record, answer)";
    Ok(StageTime { name, micros: begin.elapsed().as_secs_f64() * 1e6 / count })
}

fn one_batch(
    connection: &mut Connection,
    requests: &[Request],
    answer: &[u8],
    now: Now,
) -> Result<(), StoreFault> {
    let mut session = Session::new(connection);
    session.prefetch(|session| {
        requests.iter().try_for_each(|request| {
            let facts = store::load_facts(session, request, RequestIdUse::New, now, &[])?;
            decide(request, &facts, now);
            Ok::<_, StoreFault>(())
        })
    })?;
    let mut decisions = Vec::with_capacity(requests.len());
    for request in requests {
        let facts = store::load_facts(&mut session, request, RequestIdUse::New, now, &[])?;
        let decision = decide(request, &facts, now);
        let (user, request_id) = (Some(SUPPLIER), Some(request.id));
        let cause = Cause { user, request_id, interface: request.body.service().as_str(), reason: None };
        let device = request.body.device();
        let carried = session.apply_decided(&decision.changes, device, &cause, now)?;
        decisions.push((decision, carried));
    }
    let records = requests.iter().zip(&decisions);
    let records = records.map(|(request, (decision, carried))| record_of(request, decision, carried, now));
    session.record(&Instance::default(), records)?;
    let new = requests.iter().map(|request| NewAnswer { id: &request.id, digest: &[0; 32], answer, at: now });
    session.insert_first_answers(&new.collect::<Vec<_>>())
}

fn record_of<'a>(
    request: &'a Request,
    decision: &'a Decision,
    carried: &'a [FieldChange],
    now: Now,
) -> NewDecision<'a> {
    NewDecision {
        request_id: &request.id,
        user: SUPPLIER,
        device: request.body.device(),
        variant: Some(request.variant),
        code: decision.code,
        rule: decision.decided_by(),
        at: now,
        steps: &decision.steps,
        changes: carried,
        is_first_answer: true,
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
