//! The floor: raw ECDSA P-256 with SHA-256, one verification and one signature over a request's bytes.

use std::{thread, time::Instant};

use anyhow::Context as _;
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, Signature,
        UnparsedPublicKey,
    },
};

use super::{process, report::Floor, setup::BenchSetup};

/// Verifications and signatures on each core, for the floor of a run.
const PAIRS: u32 = 10_000;
/// As many between two cases, for the floor at that moment: a machine's speed changes during a run.
const FEW_PAIRS: u32 = 2_500;

/// Measures the floor: a key, and a message signed with it.
pub(super) struct FloorMeter {
    message: Vec<u8>,
    pair: EcdsaKeyPair,
    signature: Signature,
}

impl FloorMeter {
    pub(super) fn new(setup: &BenchSetup) -> anyhow::Result<Self> {
        let message = setup.sample()?;
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
        let signature = pair.sign(&SystemRandom::new(), &message)?;
        Ok(Self { message, pair, signature })
    }

    /// Measures the floor for the report.
    pub(super) fn measure(&self) -> anyhow::Result<Floor> {
        self.measure_by(PAIRS)
    }

    /// Measures the floor in a fraction of a second, between two cases.
    pub(super) fn measure_briefly(&self) -> anyhow::Result<Floor> {
        self.measure_by(FEW_PAIRS)
    }

    fn measure_by(&self, pairs: u32) -> anyhow::Result<Floor> {
        let Self { message, pair, signature } = self;
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref());
        let cores = process::cores();
        let begin = Instant::now();
        let worked = thread::scope(|scope| {
            let work = || {
                let random = SystemRandom::new();
                (0..pairs).all(|_| {
                    public.verify(message, signature.as_ref()).is_ok() && pair.sign(&random, message).is_ok()
                })
            };
            let threads = (0..cores).map(|_| scope.spawn(work)).collect::<Vec<_>>();
            threads.into_iter().all(|thread| thread.join().unwrap_or(false))
        });
        let whole = begin.elapsed().as_secs_f64();
        worked.then_some(()).context("signing or verifying failed")?;
        Ok(Floor {
            message_bytes: message.len(),
            per_second: f64::from(pairs) * f64::from(u32::try_from(cores)?) / whole,
            micros_a_core: whole * 1e6 / f64::from(pairs),
        })
    }
}
