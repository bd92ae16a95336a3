//! A database of a version that kept changes of statuses alone: what it did not keep is said to be unknown, and no more than that.

use super::older_decisions::go_down;
use crate::{
    db::{Store, StoreFault},
    domain::{
        DetailsChange, DeviceChange, DeviceDetails, DeviceField, EsmeVariant, PastRecord, SmiStatus,
        Timestamp,
    },
    store::{
        Cause, Counter, apply, counter_value, find_device, record_as_at,
        testing::{TempStore, device_id, now},
    },
};

/// The newest migration before the one that keeps fields.
const BEFORE: &str = "20261128000010";
/// The ESME of the fixtures that is corrected.
const ESME: u8 = 0xA2;

fn correct(store: &Store, variant: EsmeVariant, at: Timestamp) {
    let work = move |connection: &mut crate::db::Connection| {
        let from = find_device(connection, device_id(ESME))?.unwrap().details;
        let to = DeviceDetails { esme_variant: Some(variant), ..from.clone() };
        let change = DeviceChange::SetDetails(device_id(ESME), Box::new(DetailsChange { from, to }));
        let by = Cause { user: None, request_id: None, interface: "test", reason: None };
        apply(connection, &[change.into()], &by, crate::domain::Now(at))
    };
    store.transact::<_, StoreFault, _>(work).unwrap();
}

fn as_at(store: &Store, last: u8, at: Timestamp) -> PastRecord {
    store.read(|connection| record_as_at(connection, device_id(last), at)).unwrap().unwrap()
}

#[test]
fn what_an_older_version_did_not_keep_is_unknown() {
    let temp = TempStore::with_fixtures();
    let (joined, corrected) = (now("2026-01-01").0, now("2026-01-05").0);
    correct(&temp.store, EsmeVariant::Bdef, corrected);
    temp.store.close();
    go_down(&temp.database.url, BEFORE);
    let store = Store::open(&temp.database.url).unwrap();
    let until = store.read(|connection| counter_value(connection, Counter::UnknownBefore)).unwrap();
    let until = Timestamp::from_millisecond(until.unwrap()).unwrap();
    let later = Timestamp::from_millisecond(until.as_millisecond() + 10_000).unwrap();
    correct(&store, EsmeVariant::Cdf, later);

    for at in [joined, corrected] {
        let then = as_at(&store, ESME, at);
        assert_eq!(then.value(DeviceField::Status), Some(SmiStatus::Commissioned.as_str()));
        assert_eq!((then.unknown().count(), then.value(DeviceField::EsmeVariant)), (22, None));
        assert_eq!(then.unknown_before, Some(until));
    }
    let variants = [until, later].map(|at| {
        let then = as_at(&store, ESME, at);
        assert_eq!((then.unknown().count(), then.unknown_before), (0, None));
        then.value(DeviceField::EsmeVariant).unwrap().to_owned()
    });
    assert_eq!(variants, ["BDEF", "CDF"]);
    let before = Timestamp::from_millisecond(joined.as_millisecond() - 1).unwrap();
    let then = as_at(&store, ESME, before);
    assert_eq!((then.record.values(), then.record.joined_at()), (None, Some(joined)));
}

#[test]
fn a_new_database_knows_everything() {
    let temp = TempStore::new();
    for counter in [Counter::UnknownBefore, Counter::PurgedBefore] {
        assert_eq!(temp.store.read(|connection| counter_value(connection, counter)).unwrap(), None);
    }
    let found = temp.store.read(|connection| record_as_at(connection, device_id(1), now("2026-01-01").0));
    assert!(found.unwrap().is_none());
}
