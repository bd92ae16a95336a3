//! Chains to be verified, changes of them, and what is found.

use super::*;
use crate::{
    domain::{DeviceField, FieldChange, ResponseCode, Step},
    rules::rulebook,
    store::{
        NewAnswer, NewDecision, Session, record_decision,
        testing::{device_id, user_id},
    },
};

/// Records decisions, a millisecond apart, in the chain of an instance.
pub(super) fn decide(temp: &TempStore, instance: &str, numbers: std::ops::RangeInclusive<u32>) {
    let instance: Instance = value(instance);
    temp.transact(move |connection| {
        for number in numbers.clone() {
            let steps = [Step { rule: rulebook::common::SCHEMA, holds: true, saw: format!("fact {number}") }];
            let changes = [FieldChange {
                field: DeviceField::EsmeVariant,
                before: Some("A".to_owned()),
                after: Some("ADE".to_owned()),
            }];
            let new = NewDecision {
                request_id: &value(&format!("90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:{number}")),
                user: user_id(1),
                device: Some(device_id(1)),
                variant: Some(value("8.4")),
                code: ResponseCode::E4,
                rule: Some(rulebook::common::SCHEMA),
                at: now(&format!("2026-01-01T00:00:00.{number:03}Z")),
                steps: &steps,
                changes: &changes,
                is_first_answer: false,
            };
            record_decision(connection, &instance, new)?;
        }
        Ok(())
    })
    .unwrap();
}

/// A first answer beside its decision, as a batch stores them.
pub(super) fn answer(temp: &TempStore, number: u32) {
    temp.transact(move |connection| {
        let id = value(&format!("90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:{number}"));
        let at = now("2026-01-01");
        let new = NewDecision {
            request_id: &id,
            user: user_id(1),
            device: Some(device_id(1)),
            variant: Some(value("8.4")),
            code: ResponseCode::I0,
            rule: None,
            at,
            steps: &[],
            changes: &[],
            is_first_answer: true,
        };
        let mut session = Session::new(connection);
        session.record(&Instance::default(), std::iter::once(new))?;
        session.insert_first_answers(&[NewAnswer { id: &id, digest: &[7; 32], answer: b"<a/>", at }])
    })
    .unwrap();
}

pub(super) fn ten() -> TempStore {
    let temp = TempStore::new();
    decide(&temp, "smi", 1..=10);
    temp
}

/// All findings of all chains.
pub(super) fn all(connection: &mut Connection, noted: Option<Point>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut names = chains(connection).unwrap();
    if names.is_empty() {
        names.push("smi".to_owned());
    }
    for chain in names {
        let noted = noted.filter(|_| chain == "smi");
        verify(connection, &chain, noted, &mut |finding| found.push(finding)).unwrap();
    }
    unchained(connection, &mut |finding| found.push(finding)).unwrap();
    unnamed(connection, &mut |finding| found.push(finding)).unwrap();
    found
}

pub(super) fn said(found: &[Finding]) -> String {
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The findings after these statements.
pub(super) fn after(statements: &[&str]) -> String {
    after_in(&ten(), statements)
}

pub(super) fn after_in(temp: &TempStore, statements: &[&str]) -> String {
    for statement in statements {
        let statement = (*statement).to_owned();
        temp.transact(move |connection| Ok(sql_query(statement.as_str()).execute(connection).map(|_| ())?))
            .unwrap();
    }
    said(&temp.store.read(|connection| Ok::<_, StoreFault>(all(connection, None))).unwrap())
}

pub(super) fn head_of(temp: &TempStore, chain: &str) -> Head {
    temp.store.read(|connection| chain::head(connection, chain)).unwrap().unwrap()
}
