//! The brake on guessing: five failed sign-ins a minute from one address.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::clock::Stopwatch;

/// The failures of one address within [`WINDOW`].
const MAX_FAILURES: u32 = 5;
/// The time after which the count of an address begins anew.
const WINDOW: Duration = Duration::from_secs(60);
/// The most addresses that are counted. Beyond it those whose window is over are forgotten, and a new address waits if there is none.
const MAX_ADDRESSES: usize = 10_000;

/// The refusal of an attempt: there were too many failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many failed sign-ins from this address; try again in {retry_after} seconds")]
pub struct TooManyAttempts {
    /// The time in whole seconds after which an attempt is looked at again.
    pub retry_after: u64,
}

/// The failed sign-ins by address. The monotonic clock counts: a test clock that stands still must not lock anybody out.
#[derive(Debug)]
pub(super) struct Brake {
    running: Stopwatch,
    attempts: Mutex<HashMap<IpAddr, Attempts>>,
}

#[derive(Clone, Copy, Debug)]
struct Attempts {
    since: Duration,
    count: u32,
}

impl Default for Brake {
    fn default() -> Self {
        Self { running: Stopwatch::start(), attempts: Mutex::default() }
    }
}

impl Brake {
    /// Counts an attempt before it is looked at, so that attempts at the same moment are counted too.
    pub(super) fn attempt(&self, address: IpAddr) -> Result<(), TooManyAttempts> {
        self.attempt_at(address, self.running.elapsed())
    }

    fn attempt_at(&self, address: IpAddr, now: Duration) -> Result<(), TooManyAttempts> {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |attempts: &Attempts| now.saturating_sub(attempts.since) >= WINDOW;
        let address = network_of(address);
        if attempts.len() >= MAX_ADDRESSES && !attempts.contains_key(&address) {
            attempts.retain(|_, attempts| !is_over(attempts));
            if attempts.len() >= MAX_ADDRESSES {
                return Err(TooManyAttempts { retry_after: WINDOW.as_secs() });
            }
        }
        let entry = attempts.entry(address).or_insert(Attempts { since: now, count: 0 });
        if is_over(entry) {
            *entry = Attempts { since: now, count: 0 };
        }
        if entry.count >= MAX_FAILURES {
            let left = (entry.since + WINDOW).saturating_sub(now);
            return Err(TooManyAttempts { retry_after: left.as_secs().max(1) });
        }
        entry.count += 1;
        Ok(())
    }

    /// Takes an attempt back that was no failure.
    pub(super) fn forgive(&self, address: IpAddr) {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = attempts.get_mut(&network_of(address)) {
            entry.count = entry.count.saturating_sub(1);
        }
    }
}

/// The address that is counted: of IPv6 the network of 64 bits, all of which one peer may have.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from(network))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_failure_within_a_minute_waits() {
        let brake = Brake::default();
        let at =
            |address: &str, seconds| brake.attempt_at(address.parse().unwrap(), Duration::from_secs(seconds));
        for second in 0..5 {
            assert_eq!(at("192.0.2.1", second), Ok(()));
        }
        assert_eq!(at("192.0.2.1", 5), Err(TooManyAttempts { retry_after: 55 }));
        assert_eq!(at("192.0.2.2", 5), Ok(()), "another address");
        assert_eq!(at("192.0.2.1", 59), Err(TooManyAttempts { retry_after: 1 }));
        assert_eq!(at("192.0.2.1", 60), Ok(()), "a new minute");
    }

    #[test]
    fn a_success_does_not_count_and_an_ipv6_network_is_one_address() {
        let brake = Brake::default();
        let at = |address: &str| brake.attempt_at(address.parse().unwrap(), Duration::ZERO);
        for last in 1..=9 {
            assert_eq!(at("192.0.2.1"), Ok(()), "{last}");
            brake.forgive("::ffff:192.0.2.1".parse().unwrap());
        }
        for last in 1..=5 {
            assert_eq!(at(&format!("2001:db8::{last}")), Ok(()));
        }
        assert!(at("2001:db8::6").is_err() && at("2001:db8:0:1::6").is_ok());
    }

    #[test]
    fn the_addresses_are_bounded() {
        let brake = Brake::default();
        let address = |number: u32| IpAddr::V4(number.into());
        for number in 0..10_000 {
            brake.attempt_at(address(number), Duration::ZERO).unwrap();
        }
        assert!(brake.attempt_at(address(10_000), Duration::from_secs(1)).is_err());
        assert!(brake.attempt_at(address(10_000), Duration::from_secs(60)).is_ok());
        assert_eq!(brake.attempts.lock().unwrap().len(), 1);
    }
}
