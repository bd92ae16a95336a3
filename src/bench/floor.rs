//! The floor: raw ECDSA P-256 with SHA-256, one verification and one signature over a request's bytes.

use std::{thread, time::Instant};

use anyhow::Context as _;
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
        UnparsedPublicKey,
    },
};

use super::{process, report::Floor, service::Bench};

/// Pairs that each core makes.
const PAIRS: u32 = 10_000;

pub(super) fn measure(bench: &Bench) -> anyhow::Result<Floor> {
    let message = bench.sample()?;
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
    let signature = pair.sign(&SystemRandom::new(), &message)?;
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref());
    let cores = process::cores();
    let begin = Instant::now();
    let worked = thread::scope(|scope| {
        let work = || {
            let random = SystemRandom::new();
            (0..PAIRS).all(|_| {
                public.verify(&message, signature.as_ref()).is_ok() && pair.sign(&random, &message).is_ok()
            })
        };
        let threads = (0..cores).map(|_| scope.spawn(work)).collect::<Vec<_>>();
        threads.into_iter().all(|thread| thread.join().unwrap_or(false))
    });
    let whole = begin.elapsed();
    worked.then_some(()).context("signing or verifying failed")?;
    let pairs = f64::from(PAIRS) * f64::from(u32::try_from(cores)?);
    let per_second = pairs / whole.as_secs_f64();
    Ok(Floor {
        message_bytes: message.len(),
        per_second,
        micros_a_core: whole.as_secs_f64() * 1e6 / f64::from(PAIRS),
    })
}
