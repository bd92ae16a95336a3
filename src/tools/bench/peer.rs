//! `smi bench --peer java`: Smart DCC's signing tool beside ours, on the same messages and cores, in the same run.
//!
//! Every way does the same work. A message is held against the schema and signed; a signed one is held against the
//! schema, verified, and given back without its signature. All verify what we signed, so the tool accepts all of ours.
//! What comes out of a way must be the message that went in, signed so that we accept it; or nothing is counted.

mod acts;
mod java;

use std::time::Duration;

use anyhow::{Context as _, bail};

pub use java::Tool;

use self::acts::{Act, Done, on_all_cores};
use super::{
    messages::{Kind, Maker},
    process,
    report::{Peer, Way},
    service::Bench,
};
use crate::duis::{
    signature::{self, Signer},
    xml,
};

/// Messages for JVMs that stay, at most.
const STAYING: usize = 2_000;
/// Messages for JVMs of their own, at most: each takes about a second, twice.
const STARTED: usize = 20;
/// How often we do all messages when it is our turn: the tool's turns are far longer.
const PASSES: u32 = 4;
/// The first counter of the RequestIDs: far from those of the service and the stages.
const FIRST: u64 = 1 << 41;

/// What it took to sign and to validate messages.
#[derive(Clone, Copy, Debug, Default)]
struct Taken {
    messages: u32,
    sign: Duration,
    validate: Duration,
    cpu: Duration,
}

/// Measures the tool, and ours before, between and after: the speed of a shared machine does not stay.
pub(super) fn measure(bench: &Bench, tool: &Tool, told: &mut dyn FnMut(&str)) -> anyhow::Result<Peer> {
    let own = Own { bench, signer: bench.signer()? };
    let unsigned = own.messages(bench.plan.requests.min(STAYING))?;
    let signed = own.act(Act::Sign, &unsigned)?.messages;
    let calls = java::Calls::new(tool, &bench.plan.folder)?;
    let mut ours = own.passes(&unsigned, &signed)?;
    let mut tools = Vec::new();
    if tool.can_stay() {
        told("Smart DCC's signing tool, in JVMs that stay");
        let taken = own.check(&unsigned, &signed, |act, messages| calls.staying(act, messages))?;
        tools.push(("the tool, in JVMs that stay", taken));
        ours.add(own.passes(&unsigned, &signed)?);
    }
    told("Smart DCC's signing tool, a JVM for each message");
    let few_unsigned = unsigned.get(..STARTED).unwrap_or(&unsigned);
    let few_signed = signed.get(..STARTED).unwrap_or(&signed);
    let taken = own.check(few_unsigned, few_signed, |act, messages| calls.started(act, messages))?;
    tools.push(("the tool as it ships, a JVM each", taken));
    ours.add(own.passes(&unsigned, &signed)?);
    let mut ways = vec![ours.way("smi", ours)];
    ways.extend(tools.into_iter().map(|(name, taken)| taken.way(name, ours)));
    Ok(Peer {
        tool: tool.jar().display().to_string(),
        java: tool.java().to_owned(),
        message_bytes: signed.first().map_or(0, Vec::len),
        left_out: (!tool.can_stay()).then_some("JVMs that stay: this Java has no compiler; it needs a JDK"),
        ways,
    })
}

/// Our own signatures.
struct Own<'a> {
    bench: &'a Bench,
    signer: &'a Signer,
}

impl Own<'_> {
    fn messages(&self, count: usize) -> anyhow::Result<Vec<Vec<u8>>> {
        let mut maker = Maker::new(self.signer, self.bench.homes, FIRST);
        (0..count).map(|_| Ok(xml::compose(&maker.request(Kind::Correct)?).into())).collect()
    }

    fn act(&self, act: Act, messages: &[Vec<u8>]) -> anyhow::Result<Done> {
        let before = process::own_cpu();
        let (messages, whole) = on_all_cores(messages, |message| match act {
            Act::Sign => {
                xml::decode(message)?;
                Ok(signature::sign(message, self.signer)?)
            }
            Act::Validate => self.validate(message),
        })?;
        Ok(Done { messages, whole, cpu: process::own_cpu().saturating_sub(before) })
    }

    fn validate(&self, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        let decoded = xml::decode(message)?;
        signature::verify_request(&decoded, &self.bench.trust, self.bench.clock.now().0)?;
        Ok(signature::strip(decoded.document()).into())
    }

    fn passes(&self, unsigned: &[Vec<u8>], signed: &[Vec<u8>]) -> anyhow::Result<Taken> {
        let mut all = Taken::default();
        for _ in 0..PASSES {
            all.add(self.check(unsigned, signed, |act, messages| self.act(act, messages))?);
        }
        Ok(all)
    }

    /// What a way takes, if all that comes out is right.
    fn check(
        &self,
        unsigned: &[Vec<u8>],
        signed: &[Vec<u8>],
        way: impl Fn(Act, &[Vec<u8>]) -> anyhow::Result<Done>,
    ) -> anyhow::Result<Taken> {
        let sign = way(Act::Sign, unsigned).context("signing")?;
        let accepted = sign.messages.iter().map(|message| self.validate(message));
        same(accepted.collect::<Result<Vec<_>, _>>().context("we refuse what was signed")?, unsigned)?;
        let validate = way(Act::Validate, signed).context("verifying what we signed")?;
        same(validate.messages, unsigned)?;
        Ok(Taken {
            messages: u32::try_from(unsigned.len())?,
            sign: sign.whole,
            validate: validate.whole,
            cpu: sign.cpu + validate.cpu,
        })
    }
}

/// Whether they say the same, however they are laid out.
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

impl Taken {
    fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.sign += other.sign;
        self.validate += other.validate;
        self.cpu += other.cpu;
    }

    fn per_second(self, time: Duration) -> f64 {
        f64::from(self.messages) / time.as_secs_f64()
    }

    /// As the report has it, beside ours.
    fn way(self, name: &'static str, ours: Self) -> Way {
        let both = |taken: Self| taken.per_second(taken.sign + taken.validate);
        Way {
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
