//! The verification of the audit chains as a job.

use super::{
    ChainFault, PersonName, VerificationResult, VerifiedChain,
    job::{JobFailure, JobKind, JobProgress, JobRefused, JobResult},
};
use crate::{
    db::{Connection, Store, StoreFault},
    service::{App, VerificationWatch, verify_chains},
    store::{self, ChainSummary, Finding},
};

/// The most faults that are kept of a verification.
const MAX_KEPT: usize = 20;

impl App {
    /// Starts the verification of every chain, as `smi audit verify` does it. Returns the number of the job.
    ///
    /// # Errors
    /// When one runs, or the service stops.
    pub fn start_verification(&self, by: PersonName) -> Result<u64, JobRefused> {
        let store = self.store().clone();
        let work = move |progress: &JobProgress| verify(&store, progress);
        self.0.console.jobs.start(JobKind::Verification, by, self.clock().clone(), work)
    }
}

/// Verifies on a connection that reads: requests are decided meanwhile, and are not part of it.
fn verify(store: &Store, progress: &JobProgress) -> Result<JobResult, JobFailure> {
    let mut watch = Watch { progress, result: VerificationResult::default() };
    let verified = store.read::<_, StoreFault>(|connection| {
        progress.expect(expected(connection)?);
        verify_chains(connection, None, None, &mut watch)
    });
    match verified {
        Ok(()) => Ok(JobResult::Verification(watch.result)),
        Err(fault) => {
            tracing::warn!(%fault, "verification of the audit chains broke off");
            Err(JobFailure::of(format!("The store failed, so nothing is known of the chains: {fault}")))
        }
    }
}

/// How many records the anchors speak of; none where one cannot be read, which the verification will find.
fn expected(connection: &mut Connection) -> Result<u64, StoreFault> {
    let heads = match store::audit_heads(connection) {
        Err(StoreFault::Corrupt { .. }) => return Ok(0),
        heads => heads?,
    };
    let records = heads.iter().map(|(_, head)| head.last.sequence.saturating_sub(head.first_sequence - 1));
    Ok(records.map(|records| u64::try_from(records).unwrap_or(0)).sum())
}

struct Watch<'a> {
    progress: &'a JobProgress,
    result: VerificationResult,
}

impl VerificationWatch for Watch<'_> {
    fn read(&mut self, records: usize) -> Result<(), StoreFault> {
        self.progress.add(records as u64);
        // The fault of a store that closes, which it is about to.
        if self.progress.is_stopping() { Err(StoreFault::Closed) } else { Ok(()) }
    }

    fn found(&mut self, chain: Option<&str>, finding: &Finding) {
        self.result.total += 1;
        if self.result.first.len() < MAX_KEPT {
            let (chain, reason) = (chain.map(str::to_owned), finding.to_string());
            self.result.first.push(ChainFault { chain, reason });
        }
    }

    fn verified(&mut self, chain: &str, summary: &ChainSummary) {
        let ChainSummary { records, head } = *summary;
        let head = head.map(|head| head.last.to_string());
        self.result.chains.push(VerifiedChain { name: chain.to_owned(), records, head });
    }
}
