//! The list of faults on purpose that stand, and the draw for each message. The first fault that fits a message acts.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::purpose_fault::{FaultAction, FaultCondition, FaultKind, PurposeFault};
use crate::{
    domain::{Eui64, ServiceReferenceVariant},
    hash::Hasher,
};

/// The most faults that stand at once.
pub const MOST_FAULTS: usize = 100;

/// Whether a fault may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Addable {
    Yes,
    /// Another has its name.
    Taken,
    /// There are as many as may be.
    Full,
}

/// The faults that stand.
#[derive(Debug, Default)]
pub(in crate::service) struct Faults(Mutex<Standing>);

#[derive(Debug, Default)]
struct Standing {
    seed: u32,
    faults: Vec<CountedFault>,
    /// The number of times that the list was replaced: a draw of an older list ends.
    generation: u64,
}

#[derive(Debug)]
struct CountedFault {
    fault: PurposeFault,
    fitted: u64,
    acted: u64,
}

/// The faults that stand, with their counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingFaults {
    /// The seed of percentages: the same messages in the same order fare alike.
    pub seed: u32,
    /// The faults, in the order in which they are tried.
    pub faults: Vec<FaultCounts>,
}

/// A fault, and what it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultCounts {
    /// The fault.
    pub fault: PurposeFault,
    /// How many messages it was tried on: those that its condition fits but for `nth` and `percent`, and that no fault before it
    /// acted on.
    pub fitted: u64,
    /// How often it acted.
    pub acted: u64,
}

/// The fault that acts on a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenFault {
    /// Its name.
    pub id: String,
    /// What it does.
    pub action: FaultAction,
}

/// How far the faults were tried on a message of which nothing was read yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultDraw {
    generation: u64,
    /// The place of the first fault that was not tried: it asks about the message.
    next: usize,
    /// The fault that acts, where that is certain.
    pub(in crate::service) chosen: Option<ChosenFault>,
}

/// What faults may ask about a message.
#[derive(Clone, Debug, Default)]
pub(in crate::service) struct MessageTraits {
    pub(in crate::service) user: Option<Eui64>,
    pub(in crate::service) variant: Option<ServiceReferenceVariant>,
    pub(in crate::service) devices: Vec<Eui64>,
}

impl FaultCondition {
    fn fits(&self, traits: &MessageTraits) -> bool {
        let Self { service, variant, user, device, nth: _, percent: _ } = self;
        service.is_none_or(|service| traits.variant.is_some_and(|of| of.service_reference() == service))
            && variant.is_none_or(|variant| traits.variant == Some(variant))
            && user.is_none_or(|user| traits.user == Some(user))
            && device.is_none_or(|device| traits.devices.contains(&device))
    }
}

impl CountedFault {
    /// Whether it must wait until the message is read and its signature verified.
    fn needs_message(&self) -> bool {
        self.fault.when.asks_about_message() || self.fault.action.kind() == FaultKind::Code
    }

    /// Tries it on a message that its condition fits; whether it acts.
    fn acts(&mut self, seed: u32) -> bool {
        self.fitted += 1;
        let FaultCondition { nth, percent, .. } = self.fault.when;
        let acts = self.fault.times.is_none_or(|times| self.acted < times.get())
            && nth.is_none_or(|nth| nth.get() == self.fitted)
            && percent.is_none_or(|percent| percent_drawn(seed, &self.fault.id, self.fitted) < percent);
        self.acted += u64::from(acts);
        acts
    }

    fn chosen(&self) -> ChosenFault {
        ChosenFault { id: self.fault.id.clone(), action: self.fault.action }
    }
}

/// A number from 0 to 99 that depends on nothing but these.
fn percent_drawn(seed: u32, id: &str, number: u64) -> u8 {
    let mut hasher = Hasher::of("fault on purpose");
    hasher.number(i64::from(seed));
    hasher.bytes(id.as_bytes());
    hasher.number(i64::try_from(number).unwrap_or(i64::MAX));
    let hash = hasher.finish();
    let number = hash.as_bytes().iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    u8::try_from(number % 100).unwrap_or_default()
}

impl Faults {
    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the list. Counts begin anew.
    pub(in crate::service) fn replace(&self, seed: u32, faults: Vec<PurposeFault>) {
        let mut standing = self.lock();
        standing.seed = seed;
        standing.generation += 1;
        let counted = |fault| CountedFault { fault, fitted: 0, acted: 0 };
        standing.faults = faults.into_iter().map(counted).collect();
    }

    /// Whether one of that name may be added.
    pub(super) fn may_add(&self, id: &str) -> Addable {
        self.lock().may_add(id)
    }

    /// Adds one behind those that stand, whose counts go on.
    pub(super) fn add(&self, fault: PurposeFault) -> Addable {
        let mut standing = self.lock();
        let addable = standing.may_add(&fault.id);
        if addable == Addable::Yes {
            standing.faults.push(CountedFault { fault, fitted: 0, acted: 0 });
        }
        addable
    }

    /// Removes one; the counts of the others go on. Says whether it was there.
    pub(super) fn remove(&self, id: &str) -> bool {
        let mut standing = self.lock();
        let before = standing.faults.len();
        standing.faults.retain(|counted| counted.fault.id != id);
        let is_removed = standing.faults.len() < before;
        standing.generation += u64::from(is_removed);
        is_removed
    }

    pub(in crate::service) fn list(&self) -> StandingFaults {
        let standing = self.lock();
        let faults = standing.faults.iter().map(|counted| {
            let CountedFault { fault, fitted, acted } = counted;
            FaultCounts { fault: fault.clone(), fitted: *fitted, acted: *acted }
        });
        StandingFaults { seed: standing.seed, faults: faults.collect() }
    }

    /// Tries the faults on a request of which nothing was read, up to the first that asks about it.
    pub(in crate::service) fn on_arrival(&self) -> FaultDraw {
        let mut standing = self.lock();
        let (seed, generation) = (standing.seed, standing.generation);
        let mut draw = FaultDraw { generation, next: standing.faults.len(), chosen: None };
        for (place, counted) in standing.faults.iter_mut().enumerate() {
            if counted.fault.action.kind().is_of_deliveries() {
                continue;
            }
            if counted.needs_message() {
                draw.next = place;
                break;
            }
            if counted.acts(seed) {
                draw.chosen = Some(counted.chosen());
                break;
            }
        }
        draw
    }

    /// Tries the rest of the faults on a request that was read.
    pub(in crate::service) fn on_request(
        &self,
        draw: &FaultDraw,
        traits: &MessageTraits,
    ) -> Option<ChosenFault> {
        let mut standing = self.lock();
        if draw.chosen.is_some() || standing.generation != draw.generation {
            return None;
        }
        standing.choose(draw.next, false, traits)
    }

    /// Tries the faults on a delivery.
    pub(in crate::service) fn on_delivery(&self, traits: &MessageTraits) -> Option<ChosenFault> {
        self.lock().choose(0, true, traits)
    }
}

impl Standing {
    fn may_add(&self, id: &str) -> Addable {
        if self.faults.iter().any(|counted| counted.fault.id == id) {
            return Addable::Taken;
        }
        if self.faults.len() < MOST_FAULTS { Addable::Yes } else { Addable::Full }
    }

    fn choose(&mut self, from: usize, is_delivery: bool, traits: &MessageTraits) -> Option<ChosenFault> {
        let seed = self.seed;
        let fitting = self.faults.iter_mut().skip(from).filter(|counted| {
            counted.fault.action.kind().is_of_deliveries() == is_delivery && counted.fault.when.fits(traits)
        });
        for counted in fitting {
            if counted.acts(seed) {
                return Some(counted.chosen());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::{num::NonZero, time::Duration};

    use super::*;

    fn fault(id: &str, when: FaultCondition, action: FaultAction) -> PurposeFault {
        PurposeFault { id: id.to_owned(), when, action, times: None }
    }

    fn user(last: u8) -> Eui64 {
        Eui64::from_octets([0, 0, 0, 0, 0, 0, 0, last])
    }

    fn traits(last: u8, variant: &str) -> MessageTraits {
        MessageTraits { user: Some(user(last)), variant: variant.parse().ok(), devices: vec![user(9)] }
    }

    const DROP: FaultAction = FaultAction::Plain(FaultKind::DropAfter);
    const ANY: FaultCondition =
        FaultCondition { service: None, variant: None, user: None, device: None, nth: None, percent: None };

    /// The faults that act on so many messages of a list with that seed.
    fn run(seed: u32, faults: &[PurposeFault], number: usize) -> Vec<Option<String>> {
        let list = Faults::default();
        list.replace(seed, faults.to_vec());
        let one = |_| {
            let draw = list.on_arrival();
            let chosen = draw.chosen.clone().or_else(|| list.on_request(&draw, &traits(1, "8.14.1")));
            chosen.map(|chosen| chosen.id)
        };
        (0..number).map(one).collect()
    }

    /// HARNESS.md 5: percentages are seeded, the same seed is the same run.
    #[test]
    fn the_same_seed_is_the_same_run_and_another_one_another() {
        let faults = [
            fault("a", FaultCondition { percent: Some(30), ..ANY }, DROP),
            fault("b", FaultCondition { percent: Some(50), user: Some(user(1)), ..ANY }, DROP),
        ];
        let first = run(7, &faults, 1_000);
        assert_eq!(first, run(7, &faults, 1_000));
        assert_ne!(first, run(8, &faults, 1_000));
        let of = |id: &str| first.iter().filter(|acted| acted.as_deref() == Some(id)).count();
        assert!((250..350).contains(&of("a")) && (300..400).contains(&of("b")), "{} {}", of("a"), of("b"));
        let certain =
            |percent| run(1, &[fault("a", FaultCondition { percent: Some(percent), ..ANY }, DROP)], 99);
        assert!(certain(0).iter().all(Option::is_none) && certain(100).iter().all(Option::is_some));
    }

    /// HARNESS.md 5: the first that fits acts; `nth` and `times` count what fits.
    #[test]
    fn the_first_that_fits_acts_and_counts_say_how_often() {
        let nth = FaultCondition { nth: NonZero::new(3), ..ANY };
        let twice = PurposeFault { times: NonZero::new(2), ..fault("twice", ANY, DROP) };
        let last = fault("last", FaultCondition { service: Some("8.14"), ..ANY }, DROP);
        let acted = run(0, &[fault("third", nth, DROP), twice, last], 5);
        let acted = acted.iter().map(|id| id.as_deref().unwrap_or_default()).collect::<Vec<_>>();
        assert_eq!(acted, ["twice", "twice", "third", "last", "last"]);
    }

    #[test]
    fn every_condition_must_hold() {
        let whole = FaultCondition {
            service: Some("8.14"),
            variant: "8.14.1".parse().ok(),
            user: Some(user(1)),
            device: Some(user(9)),
            ..ANY
        };
        assert!(whole.fits(&traits(1, "8.14.1")));
        assert!(!whole.fits(&traits(2, "8.14.1")) && !whole.fits(&traits(1, "8.14.2")));
        assert!(!whole.fits(&MessageTraits { devices: Vec::new(), ..traits(1, "8.14.1") }));
        assert!(!FaultCondition { service: Some("8.4"), ..ANY }.fits(&traits(1, "8.14.1")));
        assert!(ANY.fits(&MessageTraits::default()) && !whole.fits(&MessageTraits::default()));
    }

    #[test]
    fn requests_and_deliveries_have_faults_of_their_own_and_an_older_draw_ends() {
        let list = Faults::default();
        let late = FaultAction::DeliverLate(Duration::from_millis(1));
        list.replace(0, vec![fault("late", ANY, late), fault("drop", ANY, DROP)]);
        assert_eq!(list.on_arrival().chosen.map(|chosen| chosen.id).as_deref(), Some("drop"));
        let chosen = list.on_delivery(&traits(1, "8.14.1")).unwrap();
        assert_eq!((chosen.id.as_str(), chosen.action), ("late", late));
        let asks = FaultCondition { user: Some(user(1)), ..ANY };
        list.replace(0, vec![fault("of user", asks, DROP)]);
        let draw = list.on_arrival();
        list.replace(0, vec![fault("of user", asks, DROP)]);
        assert_eq!(list.on_request(&draw, &traits(1, "8.14.1")), None);
        let counts = list.list().faults;
        assert_eq!((counts[0].fitted, counts[0].acted), (0, 0));
    }

    #[test]
    fn one_is_added_and_removed_and_the_counts_of_the_others_go_on() {
        let list = Faults::default();
        list.replace(1, vec![fault("a", ANY, DROP)]);
        let arrive = || list.on_arrival().chosen.map(|chosen| chosen.id);
        assert_eq!(arrive().as_deref(), Some("a"));
        assert_eq!(
            [list.add(fault("a", ANY, DROP)), list.add(fault("b", ANY, DROP))],
            [Addable::Taken, Addable::Yes]
        );
        assert_eq!(arrive().as_deref(), Some("a"));
        let counts = |list: &Faults| {
            list.list().faults.into_iter().map(|counts| (counts.fault.id, counts.acted)).collect::<Vec<_>>()
        };
        assert_eq!(counts(&list), [("a".to_owned(), 2), ("b".to_owned(), 0)]);
        assert!(list.remove("a") && !list.remove("a"));
        assert_eq!(arrive().as_deref(), Some("b"));
        for number in 1..MOST_FAULTS {
            assert_eq!(list.add(fault(&number.to_string(), ANY, DROP)), Addable::Yes);
        }
        assert_eq!(list.add(fault("c", ANY, DROP)), Addable::Full);
    }
}
