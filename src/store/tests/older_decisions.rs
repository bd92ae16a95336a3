//! Decisions of an older version, and of this one after its migrations were taken back: found, read and verified as they were.

use diesel_migrations::MigrationHarness as _;

use crate::{
    db::{
        Connection, Location, Store, StoreFault, StoreOptions,
        migrations::{self, POSTGRES, SQLITE},
    },
    domain::{Instance, RequestId, ResponseCode, Step},
    rules::rulebook::{common, sr_8_4},
    store::{
        DecisionRecord, FirstAnswer, NewAnswer, NewDecision, Session, audit_chains, audit_unnamed,
        audit_verify, decisions_of_device, decisions_of_request, first_answer,
        testing::{TempStore, device_id, now, user_id, value},
    },
};

/// The newest migration before those that changed how decisions are stored.
const BEFORE: &str = "20261128000006";

fn request_id(counter: u32) -> RequestId {
    value(&format!("90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:{counter}"))
}

fn steps() -> Vec<Step> {
    let step = |rule, holds, saw: &str| Step { rule, holds, saw: saw.to_owned() };
    vec![
        step(common::SCHEMA, true, "SR 8.4 Update Inventory"),
        step(common::SIGNATURE, true, "originator 90-B3-D5-1F-30-01-00-00"),
        step(common::TARGET, true, "target 90-B3-D5-1F-30-00-00-02; the DCC is 90-B3-D5-1F-30-00-00-02"),
        step(common::DEVICE_KNOWN, true, &format!("ESME {}, Commissioned", device_id(1))),
        step(sr_8_4::VARIANT_STATUS, false, "\"quoted\" \\ \u{1} 'é'\n"),
    ]
}

/// Two decisions a request, as a batch stores them: of the first answer, and of a refused message under its RequestID.
fn decide(store: &Store, counters: std::ops::RangeInclusive<u32>) {
    let work = move |connection: &mut Connection| {
        for counter in counters.clone() {
            let (id, steps, at) = (request_id(counter), steps(), now("2026-01-01"));
            let mut session = Session::new(connection);
            let new = [ResponseCode::I0, ResponseCode::E65].map(|code| NewDecision {
                request_id: &id,
                user: user_id(1),
                device: Some(device_id(1)),
                variant: Some(value("8.4")),
                code,
                rule: Some(common::SCHEMA),
                at,
                steps: &steps,
                changes: &[],
                is_first_answer: code == ResponseCode::I0,
            });
            session.record(&Instance::default(), new.into_iter())?;
            session.insert_first_answers(&[NewAnswer { id: &id, digest: &[7; 32], answer: b"<a/>", at }])?;
        }
        Ok::<_, StoreFault>(())
    };
    store.transact(work).unwrap();
}

/// All that is shown of those decisions. The chain must be whole.
fn shown(store: &Store) -> Vec<(Vec<DecisionRecord>, Option<FirstAnswer>)> {
    let read = |connection: &mut Connection| {
        let mut found = Vec::new();
        for chain in audit_chains(connection)? {
            audit_verify(connection, &chain, None, &mut |finding| found.push(finding))?;
        }
        audit_unnamed(connection, &mut |finding| found.push(finding))?;
        assert_eq!(found, []);
        let mut shown = vec![(decisions_of_device(connection, device_id(1))?, None)];
        for counter in 1..=9 {
            let id = request_id(counter);
            shown.push((decisions_of_request(connection, &id)?, first_answer(connection, &id)?));
        }
        Ok::<_, StoreFault>(shown)
    };
    store.read(read).unwrap()
}

/// Takes back the migrations that changed how decisions are stored.
pub(super) fn go_down(url: &str, to: &str) {
    let options = StoreOptions::default();
    let mut writer = Location::parse(url, options.timeout).unwrap().reopen_writer().unwrap();
    while migrations::applied(&mut writer).unwrap().pop().unwrap().as_str() > to {
        match &mut writer {
            Connection::Sqlite(writer) => drop(writer.revert_last_migration(SQLITE).unwrap()),
            Connection::Postgres(writer) => drop(writer.revert_last_migration(POSTGRES).unwrap()),
        }
    }
}

#[test]
fn decisions_go_down_and_up_with_their_chain() {
    let temp = TempStore::new();
    decide(&temp.store, 1..=4);
    let before = shown(&temp.store);
    assert_eq!(before[0].0.len(), 8);
    assert!(before[1..=4].iter().all(|(decisions, answer)| decisions.len() == 2 && answer.is_some()));
    temp.store.close();
    go_down(&temp.database.url, BEFORE);
    // Up again those are older decisions, which stay as they are.
    let store = Store::open(&temp.database.url).unwrap();
    assert_eq!(shown(&store), before);
    decide(&store, 5..=6);
    let mixed = shown(&store);
    assert_eq!(mixed[1..=4], before[1..=4]);
    assert_eq!(mixed[0].0.len(), 12);
    store.close();
    go_down(&temp.database.url, BEFORE);
    assert_eq!(shown(&Store::open(&temp.database.url).unwrap()), mixed);
}
