//! Permits per User: the limit of one User's requests in flight, so that one key cannot take all permits of the listener.

use std::{
    collections::HashMap,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::domain::Eui64;

/// The permits of all Users.
#[derive(Clone, Debug)]
pub(super) struct UserPermits {
    /// Absent where there is no limit.
    limit: Option<NonZeroUsize>,
    in_flight: Arc<Mutex<HashMap<Eui64, usize>>>,
}

/// A permit of a User. Dropping it releases it.
#[derive(Debug)]
pub(super) struct UserPermit {
    permits: UserPermits,
    user: Eui64,
}

impl UserPermits {
    pub(super) fn new(limit: Option<NonZeroUsize>) -> Self {
        Self { limit, in_flight: Arc::default() }
    }

    /// Takes a permit of a User whose signature was verified; none where the User has as many requests in flight as it may have.
    pub(super) fn try_acquire(&self, user: Eui64) -> Option<UserPermit> {
        let mut in_flight = self.in_flight();
        let count = in_flight.entry(user).or_default();
        if self.limit.is_some_and(|limit| *count >= limit.get()) {
            return None;
        }
        *count += 1;
        Some(UserPermit { permits: self.clone(), user })
    }

    fn in_flight(&self) -> MutexGuard<'_, HashMap<Eui64, usize>> {
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UserPermit {
    fn drop(&mut self) {
        let mut in_flight = self.permits.in_flight();
        if let Some(count) = in_flight.get_mut(&self.user) {
            *count -= 1;
            // Removed with the last one: the map must not grow with the number of Users there ever were.
            if *count == 0 {
                in_flight.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_so_many_permits_and_others_have_their_own() {
        let permits = UserPermits::new(NonZeroUsize::new(2));
        let [one, other] = [1, 2].map(|last| Eui64::from_octets([0, 0, 0, 0, 0, 0, 0, last]));
        let held = [permits.try_acquire(one).unwrap(), permits.try_acquire(one).unwrap()];
        assert!(permits.try_acquire(one).is_none());
        assert!(permits.try_acquire(other).is_some());
        drop(held);
        assert!(permits.try_acquire(one).is_some());
        assert!(permits.in_flight().is_empty(), "nothing is left of those that were released");
        let unlimited = UserPermits::new(None);
        let held = (0..1_000).map(|_| unlimited.try_acquire(one).unwrap()).collect::<Vec<_>>();
        assert_eq!(held.len(), 1_000);
    }
}
