//! `smi bench --peer java`: the comparison with Smart DCC's signing tool, on the same messages and cores, in one run.
//!
//! Each implementation does the same work: it validates a message against the schema and signs it; and it validates a
//! signed one, verifies it, and strips the signature. All verify messages that we signed. The run fails unless each output
//! equals its input, and we accept each signature: an implementation that skips work must not win.

mod java;
mod work;

use std::time::Duration;

use anyhow::{Context as _, bail};

pub use java::SigningTool;

use self::work::{PeerOperation, ProcessedMessages, on_all_cores};
use super::{
    messages::{BenchRequest, RequestMaker},
    process,
    report::{PeerReport, PeerRow},
    setup::BenchSetup,
};
use crate::duis::{
    signature::{self, Signer},
    xml,
};

/// Limit of messages for warm JVMs.
const WARM_MESSAGES: usize = 2_000;
/// Limit of messages that get a JVM each: each takes about a second, twice.
const COLD_MESSAGES: usize = 20;
/// Passes of ours over all messages between two measurements of the tool, which take far longer.
const PASSES: u32 = 4;
/// The first counter of the RequestIDs, far from those of the service and the stages.
const FIRST: u64 = 1 << 41;

/// The durations of signing and of validating messages.
#[derive(Clone, Copy, Debug, Default)]
struct PeerTimings {
    messages: u32,
    sign: Duration,
    validate: Duration,
    cpu: Duration,
}

/// Measures the tool, and ours before, between and after: the speed of a shared machine changes during a run.
pub(super) fn measure(
    setup: &BenchSetup,
    tool: &SigningTool,
    progress: &mut dyn FnMut(&str),
) -> anyhow::Result<PeerReport> {
    let own = OwnSignatures { setup, signer: setup.signer()? };
    let unsigned = own.messages(setup.plan.requests.min(WARM_MESSAGES))?;
    let signed = own.process(PeerOperation::Sign, &unsigned)?.messages;
    let calls = java::ToolCalls::new(tool, &setup.plan.folder)?;
    let mut ours = own.passes(&unsigned, &signed)?;
    let mut tools = Vec::new();
    if tool.can_compile() {
        progress("Smart DCC's signing tool, in JVMs that stay");
        let taken =
            own.check(&unsigned, &signed, |operation, messages| calls.in_warm_jvms(operation, messages))?;
        tools.push(("the tool, in JVMs that stay", taken));
        ours.add(own.passes(&unsigned, &signed)?);
    }
    progress("Smart DCC's signing tool, a JVM for each message");
    let few_unsigned = unsigned.get(..COLD_MESSAGES).unwrap_or(&unsigned);
    let few_signed = signed.get(..COLD_MESSAGES).unwrap_or(&signed);
    let taken =
        own.check(few_unsigned, few_signed, |operation, messages| calls.in_new_jvms(operation, messages))?;
    tools.push(("the tool as it ships, a JVM each", taken));
    ours.add(own.passes(&unsigned, &signed)?);
    let mut ways = vec![ours.way("smi", ours)];
    ways.extend(tools.into_iter().map(|(name, taken)| taken.way(name, ours)));
    Ok(PeerReport {
        tool: tool.jar().display().to_string(),
        java: tool.java().to_owned(),
        message_bytes: signed.first().map_or(0, Vec::len),
        left_out: (!tool.can_compile())
            .then_some("JVMs that stay: this Java has no compiler; it needs a JDK"),
        ways,
    })
}

/// Our implementation.
struct OwnSignatures<'a> {
    setup: &'a BenchSetup,
    signer: &'a Signer,
}

impl OwnSignatures<'_> {
    fn messages(&self, count: usize) -> anyhow::Result<Vec<Vec<u8>>> {
        let mut maker = RequestMaker::new(self.signer, self.setup.homes, FIRST);
        (0..count).map(|_| Ok(xml::compose(&maker.request(BenchRequest::Correct)?).into())).collect()
    }

    fn process(&self, operation: PeerOperation, messages: &[Vec<u8>]) -> anyhow::Result<ProcessedMessages> {
        let before = process::own_cpu();
        let (messages, whole) = on_all_cores(messages, |message| match operation {
            PeerOperation::Sign => {
                xml::decode(message)?;
                Ok(signature::sign(message, self.signer)?)
            }
            PeerOperation::Validate => self.validate(message),
        })?;
        Ok(ProcessedMessages { messages, whole, cpu: process::own_cpu().saturating_sub(before) })
    }

    fn validate(&self, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        let decoded = xml::decode(message)?;
        signature::verify_request(&decoded, &self.setup.trust, self.setup.clock.now().0)?;
        Ok(signature::strip(decoded.document()).into())
    }

    fn passes(&self, unsigned: &[Vec<u8>], signed: &[Vec<u8>]) -> anyhow::Result<PeerTimings> {
        let mut all = PeerTimings::default();
        for _ in 0..PASSES {
            all.add(self.check(unsigned, signed, |operation, messages| self.process(operation, messages))?);
        }
        Ok(all)
    }

    /// Measures an implementation, and checks its output.
    fn check(
        &self,
        unsigned: &[Vec<u8>],
        signed: &[Vec<u8>],
        way: impl Fn(PeerOperation, &[Vec<u8>]) -> anyhow::Result<ProcessedMessages>,
    ) -> anyhow::Result<PeerTimings> {
        let sign = way(PeerOperation::Sign, unsigned).context("signing")?;
        let accepted = sign.messages.iter().map(|message| self.validate(message));
        same(accepted.collect::<Result<Vec<_>, _>>().context("we refuse what was signed")?, unsigned)?;
        let validate = way(PeerOperation::Validate, signed).context("verifying what we signed")?;
        same(validate.messages, unsigned)?;
        Ok(PeerTimings {
            messages: u32::try_from(unsigned.len())?,
            sign: sign.whole,
            validate: validate.whole,
            cpu: sign.cpu + validate.cpu,
        })
    }
}

/// Checks that two lists hold the same requests, in any layout of the XML.
fn same(found: Vec<Vec<u8>>, expected: &[Vec<u8>]) -> anyhow::Result<()> {
    if found.len() != expected.len() {
        bail!("of {} messages {} came out", expected.len(), found.len());
    }
    for (found, expected) in found.iter().zip(expected) {
        if xml::decode(found)?.request() != xml::decode(expected)?.request() {
            bail!("another message came out: {}", String::from_utf8_lossy(found));
        }
    }
    Ok(())
}

impl PeerTimings {
    fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.sign += other.sign;
        self.validate += other.validate;
        self.cpu += other.cpu;
    }

    fn per_second(self, time: Duration) -> f64 {
        f64::from(self.messages) / time.as_secs_f64()
    }

    /// The row of the report; the ratio is to ours.
    fn way(self, name: &'static str, ours: Self) -> PeerRow {
        let both = |taken: Self| taken.per_second(taken.sign + taken.validate);
        PeerRow {
            name,
            messages: self.messages,
            sign_per_second: self.per_second(self.sign),
            verify_per_second: self.per_second(self.validate),
            per_second: both(self),
            cpu_micros: self.cpu.as_secs_f64() * 1e6 / f64::from(self.messages),
            ratio: both(ours) / both(self),
        }
    }
}
