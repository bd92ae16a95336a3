//! The floor: raw ECDSA P-256 with SHA-256, one verification and one signature over a request's bytes.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, Signature,
        UnparsedPublicKey,
    },
};

use super::{process, report::Floor, setup::BenchSetup};

/// Measures the floor: a key, and a message signed with it.
pub(super) struct FloorMeter {
    message: Vec<u8>,
    pair: EcdsaKeyPair,
    signature: Signature,
    time: Duration,
}

impl FloorMeter {
    pub(super) fn new(setup: &BenchSetup) -> anyhow::Result<Self> {
        let message = setup.sample()?;
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
        let signature = pair.sign(&SystemRandom::new(), &message)?;
        Ok(Self { message, pair, signature, time: setup.plan.floor })
    }

    /// Measures the floor as it is now: a machine's speed changes during a run.
    pub(super) fn measure(&self) -> anyhow::Result<Floor> {
        let cores = process::cores();
        let rates = thread::scope(|scope| {
            let threads = (0..cores).map(|_| scope.spawn(|| self.pairs_a_second())).collect::<Vec<_>>();
            threads.into_iter().map(|thread| thread.join().ok().flatten()).collect::<Option<Vec<_>>>()
        });
        let per_second = rates.context("signing or verifying failed")?.into_iter().sum::<f64>();
        Ok(Floor {
            message_bytes: self.message.len(),
            per_second,
            micros_a_core: f64::from(u32::try_from(cores)?) * 1e6 / per_second,
        })
    }

    /// Verifies and signs on this thread for that time. Returns the rate; none where either failed.
    fn pairs_a_second(&self) -> Option<f64> {
        let Self { message, pair, signature, time } = self;
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref());
        let (random, begin) = (SystemRandom::new(), Instant::now());
        let mut pairs = 0_u32;
        while pairs == 0 || begin.elapsed() < *time {
            public.verify(message, signature.as_ref()).ok()?;
            pair.sign(&random, message).ok()?;
            pairs += 1;
        }
        Some(f64::from(pairs) / begin.elapsed().as_secs_f64())
    }
}
