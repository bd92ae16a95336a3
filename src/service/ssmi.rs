//! SSMI: the DCC's file of firmware versions, decided hub by hub in one transaction (option B of MP155; HUBS.md 5).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{App, Fault, message::digest_of, reflash::told_by_dcc};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        HubDecision, HubOutcome, Now, RequestId, RequestIdUse, Rule, SsmiLine, Step, london_date,
        reflash::ReflashRequest,
    },
    rules::{rulebook::ssmi as rules, ssmi},
    store::{self, FirstAnswer, ImportFault, NewAnswer, NewDecision},
};

/// The answer to an upload: an outcome for each line, in order. Once given it stays what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsmiAnswer {
    /// The number of the upload.
    pub upload_id: u64,
    /// How many hubs were refused.
    pub refused: usize,
    /// The hubs.
    pub hubs: Vec<SsmiHub>,
}

/// The outcome of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsmiHub {
    /// Its line; that of the header is 1.
    pub line: u32,
    /// The CHF.
    pub chf_device_id: String,
    /// `updated`, `unchanged` or `refused`.
    pub outcome: String,
    /// The response code.
    pub code: String,
    /// The rule that refused it; null else.
    pub rule: Option<String>,
    /// What it required and what was found; null else.
    pub reason: Option<String>,
}

/// Why a file is not taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SsmiFault {
    /// Option B is not chosen, or the upload_id was used for other bytes.
    #[error("{}: required: {}; found: {}", .0.rule.id, .0.rule.requires, .0.saw)]
    NotTaken(Step),
    /// It has more lines than a file may have.
    #[error("{0} lines; a file has at most {max}", max = ReflashRequest::MAX_HUBS)]
    TooMany(usize),
    /// It cannot be read to its end.
    #[error(transparent)]
    File(#[from] ImportFault),
    /// It has no lines.
    #[error("no lines follow the header")]
    Empty,
    /// The stored answer cannot be read or written.
    #[error("the answer under the upload_id: {0}")]
    Answer(#[from] serde_json::Error),
    /// The service failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreFault> for SsmiFault {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault.into())
    }
}

/// How many hubs each rule decided.
type RuleCounts = BTreeMap<&'static str, usize>;

/// A file that was read, and how it is called.
struct Upload {
    /// The DCC, the DCC, the number of the upload: decisions and repetitions work as they do for Service Requests.
    id: RequestId,
    digest: [u8; 32],
    lines: Vec<SsmiLine>,
}

impl App {
    /// Takes an SSMI file. When it returns, what was changed is committed; the same bytes under an upload_id get the first answer again.
    ///
    /// # Errors
    /// When the file is not taken as a whole, or the store fails. Nothing is changed then.
    pub fn upload_ssmi(&self, upload_id: u64, file: &[u8]) -> Result<SsmiAnswer, SsmiFault> {
        let dcc = self.choices().dcc;
        let id = RequestId { originator: dcc, target: dcc, counter: upload_id };
        let upload = Upload { id, digest: digest_of(file), lines: store::read_ssmi(file)? };
        let (app, now) = (self.clone(), self.clock().now());
        let decide = move |connection: &mut Connection| app.decide_ssmi(connection, &upload, now);
        let (answer, rules) = self.store().transact(decide)?;
        for (rule, times) in rules {
            self.metrics().decided_times(rule, times);
        }
        let refused = answer.refused;
        tracing::info!(upload_id, hubs = answer.hubs.len(), refused, "SSMI file decided");
        Ok(answer)
    }

    /// Decides a file within a transaction: applies the changes, records the decisions and stores the answer. Also says how often each
    /// rule decided.
    fn decide_ssmi(
        &self,
        connection: &mut Connection,
        upload: &Upload,
        now: Now,
    ) -> Result<(SsmiAnswer, RuleCounts), SsmiFault> {
        let Upload { id, digest, lines } = upload;
        let first = store::first_answer(connection, id)?;
        if let Some(FirstAnswer { digest: known, answer: Some(answer) }) = &first
            && known == digest
        {
            return Ok((serde_json::from_slice(answer)?, RuleCounts::new()));
        }
        self.take(FirstAnswer::use_of(first.as_ref()), lines.len())?;
        let facts = store::load_ssmi_facts(connection, lines)?;
        let (today, codes) = (london_date(now.0), &self.choices().codes);
        let decisions = lines.iter().zip(&facts).map(|(line, facts)| ssmi::decide(line, facts, today, codes));
        let decisions = decisions.collect::<Vec<_>>();
        store::apply_ssmi(connection, &decisions, *id, now)?;
        let accepted = facts.iter().zip(&decisions).filter(|(_, decision)| decision.hub.is_some());
        let on_orders =
            accepted.filter_map(|(facts, _)| Some((facts.chf.as_ref()?.id, facts.order.as_ref()?.order)));
        told_by_dcc(connection, on_orders, now)?;
        let records = lines.iter().zip(&decisions).map(|(line, decision)| NewDecision {
            request_id: id,
            user: id.originator,
            device: Some(line.chf),
            variant: None,
            code: decision.code,
            rule: decision.decided_by(),
            at: now,
            steps: &decision.steps,
            changes: &[],
            is_first_answer: false,
        });
        store::record_decisions(connection, &self.choices().instance, records)?;
        let answer = answer_of(id.counter, lines, &decisions);
        let bytes = serde_json::to_vec(&answer)?;
        let new = NewAnswer { id, digest, answer: &bytes, at: now };
        store::insert_first_answers(connection, &[new])?;
        Ok((answer, counts_of(&decisions)))
    }

    /// Whether a file of so many lines is taken (SSMI/a, b).
    fn take(&self, used: RequestIdUse, lines: usize) -> Result<(), SsmiFault> {
        let Err(steps) = ssmi::take(self.choices().reflash.smi_update, used, lines) else { return Ok(()) };
        let refusing = steps.into_iter().find(|step| !step.holds);
        Err(match refusing {
            Some(step) if is_of(rules::SWITCHED_ON, &step) => SsmiFault::NotTaken(step),
            Some(_) | None if lines == 0 => SsmiFault::Empty,
            Some(_) | None => SsmiFault::TooMany(lines),
        })
    }
}

fn counts_of(decisions: &[HubDecision]) -> RuleCounts {
    let mut counts = RuleCounts::new();
    for decision in decisions {
        *counts.entry(decision.decided_by().map_or("", |rule| rule.id)).or_default() += 1;
    }
    counts
}

fn is_of(rule: &Rule, step: &Step) -> bool {
    step.rule.id == rule.id
}

fn answer_of(upload_id: u64, lines: &[SsmiLine], decisions: &[HubDecision]) -> SsmiAnswer {
    let hub = |(line, decision): (&SsmiLine, &HubDecision)| {
        let refusing = decision.steps.iter().find(|step| !step.holds);
        let refusing = refusing.filter(|_| decision.outcome == HubOutcome::Refused);
        SsmiHub {
            line: line.line,
            chf_device_id: line.chf.to_string(),
            outcome: decision.outcome.to_string(),
            code: decision.code.to_string(),
            rule: refusing.map(|step| step.rule.id.to_owned()),
            reason: refusing.map(|step| format!("required: {}; found: {}", step.rule.requires, step.saw)),
        }
    };
    let refused = decisions.iter().filter(|decision| decision.outcome == HubOutcome::Refused).count();
    SsmiAnswer { upload_id, refused, hubs: lines.iter().zip(decisions).map(hub).collect() }
}
