//! SERVICE.md 6: bad input changes nothing, and the answer names place and reason.

use serde_json::{Value, json};
use smi::store::{ImportFault, Kind, import};

use super::harness::World;

fn answers(world: &World, calls: &[(&str, &str, Value)]) -> String {
    let answer = |(method, path, body): &(&str, &str, Value)| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = world.call(method, path, &body);
        format!("{} {}", answer.status, answer.error())
    };
    calls.iter().map(answer).collect::<Vec<_>>().join("\n")
}

#[test]
fn bad_values_of_a_window_are_named() {
    let world = World::new();
    let path = "/manage/maintenance/windows/A";
    let times =
        |starts_at: &str, ends_at: &str| json!({ "by": "x", "starts_at": starts_at, "ends_at": ends_at });
    let good = || times("2026-03-18T20:00", "2026-03-18T21:00");
    let with = |name: &str, value: Value| {
        let mut body = good();
        body[name] = value;
        body
    };
    let found = answers(
        &world,
        &[
            ("PUT", path, times("2026-03-29T01:30", "2026-03-29T03:00")),
            ("PUT", path, times("2026-10-25T00:00", "2026-10-25T01:30")),
            ("PUT", path, times("2026-03-18T20:00:30Z", "2026-03-18 20:00")),
            ("PUT", path, times("2026-03-18T20:00+01:00", "2026-03-18T21:00")),
            ("PUT", path, times("2026-03-18T20:00", "2026-03-18T20:00")),
            ("PUT", path, times("2026-03-18T20:00", "2026-03-19T20:01")),
            ("PUT", path, with("providers", "DSP;CSP West".into())),
            ("PUT", path, with("stops", "requests;requests".into())),
            ("PUT", path, with("communications", "maybe".into())),
            ("PUT", path, with("colour", "red".into())),
            ("PUT", path, with("hubs_affected", 5.into())),
            ("PUT", path, with("reference", "B".into())),
            ("PUT", path, with("by", "".into())),
            ("PUT", "/manage/maintenance/windows/a%20b", good()),
            ("GET", path, Value::Null),
        ],
    );
    insta::assert_snapshot!(found, @"
    400 starts_at: `2026-03-29T01:30` does not exist in London: 2026-03-29T00:59:00Z is 00:59, 01:00:00Z is 02:00
    400 ends_at: `2026-10-25T01:30` happens twice: 2026-10-25T00:30:00Z or 2026-10-25T01:30:00Z
    400 starts_at: `2026-03-18T20:00:30Z` is not a time in whole minutes; ends_at: `2026-03-18 20:00` is not a UTC time like `2026-03-18T20:00:00Z` or a London time like `2026-03-18T20:00`, in whole minutes
    400 starts_at: `2026-03-18T20:00+01:00` is not a UTC time like `2026-03-18T20:00:00Z` or a London time like `2026-03-18T20:00`, in whole minutes
    400 ends_at: is not after starts_at
    400 ends_at: is more than 24 hours after starts_at
    400 providers: `CSP West` is not a provider: one of DSP, CSP North, CSP Central & South, S1SP, DCO, DCC
    400 stops: `requests;requests` names something twice
    400 communications: `maybe` is not yes or no: one of yes, no
    400 body: unknown field `colour`, expected one of `reference`, `kind`, `environment`, `title`, `services`, `disruption`, `communications`, `install_commission`, `smets1_migrations`, `service_requests`, `stops_top_ups`, `user_changes`, `ssi`, `consumer_affecting`, `hubs_affected`, `hubs_basis`, `providers`, `migration_systems`, `starts_at`, `ends_at`, `risk_to_return`, `why`, `stops`, `category`
    400 body: invalid type: integer `5`, expected a string
    400 reference: is not the one of the path
    400 by: has 1 to 100 characters
    400 reference: `a b` is not a reference: 1 to 40 of A-Z, a-z, 0-9, `.`, `_` and `-`
    404 there is no maintenance window A
    ");
    assert_eq!(world.smi.exported(Kind::Maintenance).lines().count(), 1, "nothing was saved");
}

#[test]
fn what_does_not_fit_is_refused() {
    let world = World::new();
    world.save("P", "2026-03-18T20:00", "2026-03-18T21:00", &json!({}));
    let act = |act: &str| format!("/manage/maintenance/windows/P/{act}");
    let by = |more: Value| {
        let mut body = json!({ "by": "x" });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let found = answers(
        &world,
        &[
            ("POST", "/manage/maintenance/publish", by(json!({ "month": "2026-13" }))),
            ("POST", "/manage/maintenance/publish", json!({ "month": "2026-03" })),
            ("GET", "/manage/maintenance/check?month=March", Value::Null),
            ("GET", "/manage/maintenance?month=2026-03&from=2026-03-01T00:00", Value::Null),
            ("GET", "/manage/maintenance?from=2026-03-01T00:00", Value::Null),
            ("GET", "/manage/maintenance?from=2026-03-02T00:00&to=2026-03-01T00:00", Value::Null),
            ("POST", &act("announce"), by(json!({}))),
            ("POST", &act("extend"), by(json!({ "ends_at": "2026-03-18T22:00", "note": "slow" }))),
            ("POST", &act("extend"), by(json!({ "ends_at": "now", "note": "slow" }))),
            ("POST", &act("close"), by(json!({ "disrupted": "no" }))),
            ("POST", &act("close"), by(json!({ "disrupted": "perhaps" }))),
            ("POST", &act("withdraw"), by(json!({ "reason": "" }))),
            ("POST", "/manage/maintenance/windows/Q/withdraw", by(json!({ "reason": "gone" }))),
            ("DELETE", "/manage/maintenance/windows/P", Value::Null),
        ],
    );
    insta::assert_snapshot!(found, @"
    400 month: `2026-13` is not a month like `2026-03`
    400 body: missing field `by` at line 1 column 19
    400 month: `March` is not a month like `2026-03`
    400 month: give a month, or from and to
    400 query: give from and to, or a month
    400 to: is before from
    409 P is planned: it is published with its month
    409 P was never published
    400 ends_at: `now` is not a UTC time like `2026-03-18T20:00:00Z` or a London time like `2026-03-18T20:00`, in whole minutes
    409 P was never published
    400 disrupted: `perhaps` is not yes or no: one of yes, no
    400 reason: `` is not a reason: 1 to 500 characters that XML can carry
    404 there is no maintenance window Q
    405 this path answers GET, HEAD, PUT alone
    ");
    assert_eq!(world.window("P")["acts"].as_array().unwrap().len(), 1, "nothing was done");
    assert_eq!(world.get("/manage/notices")["notices"], json!([]));
}

/// SERVICE.md 6: an import of a closed window.
#[test]
fn a_closed_window_is_not_imported_again() {
    let world = World::new();
    world.save("A", "2026-03-18T20:00", "2026-03-18T21:00", &json!({}));
    world.published("2026-03");
    world.smi.move_to("2026-03-19T00:00:00Z");
    assert_eq!(world.act("A", "close", &json!({ "disrupted": "no" })).status, 200);
    let file = "reference,starts_at,ends_at\nA,2026-03-18T20:00,2026-03-18T22:00\n";
    let refused =
        import(world.smi.service.store(), Kind::Maintenance, file.as_bytes(), world.smi.now(), &mut |_| ());
    let Err(ImportFault::Rows { faults, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(faults[0].to_string(), "line 2, column `reference`: is closed");
}

/// What is listed at once is bounded: 800 days.
#[test]
fn a_list_of_windows_has_a_longest_range() {
    let world = World::new();
    let listed = |to: &str| {
        let path = format!("/manage/maintenance?from=2026-01-01T00:00:00Z&to={to}");
        let answer = world.call("GET", &path, "");
        (answer.status, answer.error().to_owned())
    };
    assert_eq!(listed("2028-03-11T00:00:00Z"), (200, "no error".to_owned()));
    let longer = (400, "to: is more than 800 days after from".to_owned());
    assert_eq!(listed("2028-03-11T00:01:00Z"), longer);
    assert_eq!(listed("9998-12-31T00:00:00Z"), longer);
}
