//! `GET /manage/changes`: every change once, in its order, and from where a reader was (U8, MIF 145).

#![expect(clippy::indexing_slicing, reason = "a helper of a test fails the test")]

use serde_json::Value;
use smi::{
    domain::{Body, ChangedDetails, EsmeVariant, InventoryChange, UpdateInventory},
    store::Kind,
};

use super::sample::{HEADER, Served, esme, meter, mpan, registered, world};
use crate::support::{OPERATOR, SUPPLIER, Smi, fixture_of, package};

pub(super) fn correct(world: &Smi, number: u16, variant: EsmeVariant) {
    let changed = ChangedDetails { esme_variant: Some(variant), ..ChangedDetails::default() };
    let change = InventoryChange::Details(changed);
    let body = Body::UpdateInventory(UpdateInventory { device_id: meter(number), change });
    assert_eq!(world.ask(SUPPLIER, body).code, "I99");
}

pub(super) fn shown(change: &Value) -> String {
    let field = &change["fields"][0];
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    format!(
        "{} {} {}: {} to {}",
        text(&change["device_id"]),
        text(&change["interface"]),
        text(&field["field"]),
        text(&field["before"]),
        text(&field["after"])
    )
}

/// Every page of the feed behind a place, and where it goes on.
pub(super) fn all(served: &Served, query: &str, after: &str) -> (Vec<String>, String) {
    let (found, place) = all_changes(served, query, after);
    (found.iter().map(shown).collect(), place)
}

/// The same, with each change whole.
pub(super) fn all_changes(served: &Served, query: &str, after: &str) -> (Vec<Value>, String) {
    let (mut found, mut place) = (Vec::new(), after.to_owned());
    loop {
        let after = if place.is_empty() { String::new() } else { format!("&after={place}") };
        let page = served.json(&format!("/manage/changes?limit=2{query}{after}"));
        let changes = page["changes"].as_array().unwrap();
        assert!(changes.len() <= 2);
        found.extend(changes.iter().cloned());
        place = page["next"].as_str().unwrap().to_owned();
        if page["is_last"] == true {
            return (found, place);
        }
    }
}

/// FACTS.md U8: a network operator learns each correction of its meters.
#[test]
fn u8_a_reader_of_the_feed_misses_no_change_and_sees_none_twice() {
    let devices = (0..3).map(|number| esme(number, "Commissioned", "M 1", "01", "A")).collect::<String>();
    let world = world(&(HEADER.to_owned() + &devices), "");
    let operator =
        format!("mpxn,role,user_id,effective_from,effective_to\n{},ED,{OPERATOR},2020-01-01,\n", mpan(1));
    let both = registered(3, SUPPLIER) + operator.split_once('\n').unwrap().1;
    world.import(Kind::Registrations, &both);
    let served = Served::start(&world);
    let (joined, place) = all(&served, "", "");
    let of = |number| meter(number).to_string();
    assert_eq!(joined, [0, 1, 2].map(|number| format!("{} import status: - to Commissioned", of(number))));
    assert_eq!(all(&served, "", &place), (Vec::new(), place.clone()));
    correct(&world, 1, EsmeVariant::Ade);
    correct(&world, 0, EsmeVariant::B);
    world.import(Kind::Devices, &(HEADER.to_owned() + &esme(2, "Suspended", "M 1", "01", "A")));
    correct(&world, 1, EsmeVariant::A);
    let (changed, last) = all(&served, "", &place);
    let expected = [
        format!("{} 8.4 esme_variant: A to ADE", of(1)),
        format!("{} 8.4 esme_variant: A to B", of(0)),
        format!("{} import status: Commissioned to Suspended", of(2)),
        format!("{} 8.4 esme_variant: ADE to A", of(1)),
    ];
    assert_eq!(changed, expected);
    let variants = expected.iter().filter(|line| line.contains("esme_variant")).cloned().collect::<Vec<_>>();
    assert_eq!(all(&served, "&field=esme_variant", "").0, [joined.as_slice(), &variants].concat());
    let (told, end) = all(&served, &format!("&field=esme_variant&user={OPERATOR}"), "");
    assert_eq!(told, [joined[1].clone(), expected[0].clone(), expected[3].clone()]);
    assert_eq!(end, last, "it need not look at the others again");
}

#[test]
fn a_place_that_is_none_is_refused() {
    let world = world(HEADER, "");
    let served = Served::start(&world);
    for (query, place) in [
        ("after=x", "after: "),
        ("field=colour", "field: "),
        ("user=x", "user: "),
        ("user=00-DB-12-34-56-78-00-99", "user: `00-DB-12-34-56-78-00-99` is not the ID of any User"),
        ("limit=0", "limit: "),
        ("colour=red", "query: "),
    ] {
        let (status, body) = served.get(&format!("/manage/changes?{query}"));
        assert!(status == 400 && body["error"].as_str().unwrap().starts_with(place), "{query}: {body}");
    }
}

/// The fenced blocks of a language in a document, in their order.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let begins = format!("```{language}\n");
    let block = |rest: &str| rest.split("```").next().unwrap().trim().to_owned();
    page.split(&begins).skip(1).map(block).collect()
}

/// FACTS.md U8: the example of docs/REPORTS.md, call by call, with the answers that stand there.
#[test]
fn u8_the_documented_example_of_a_network_operator_is_what_happens() {
    let page = std::fs::read_to_string(package().join("docs/REPORTS.md")).unwrap();
    let calls = blocks(&page, "http");
    let answers = blocks(&page, "json");
    let expected = |at: usize| serde_json::from_str::<Value>(&answers[at]).unwrap();
    let path = |at: usize| calls[at].strip_prefix("GET ").unwrap().to_owned();
    assert_eq!((calls.len(), answers.len()), (2, 2));
    let world = Smi::new();
    for kind in [Kind::Users, Kind::Registrations, Kind::Devices] {
        world.import(kind, &std::fs::read_to_string(fixture_of(kind)).unwrap());
    }
    let served = Served::start(&world);
    assert_eq!(served.json(&path(0)), expected(0));
    let changed = ChangedDetails { esme_variant: Some(EsmeVariant::Ade), ..ChangedDetails::default() };
    let device_id = "00-DB-12-34-56-78-90-A2".parse().unwrap();
    let body =
        Body::UpdateInventory(UpdateInventory { device_id, change: InventoryChange::Details(changed) });
    let request = world.request(SUPPLIER, body);
    assert_eq!(world.post(&world.signed(&request)).code, "I99");
    let mut told = served.json(&path(1));
    // Its counter is whatever the Supplier chose.
    let id = &mut told["changes"][0]["request_id"];
    assert_eq!(*id, request.id.to_string());
    *id = expected(1)["changes"][0]["request_id"].clone();
    assert_eq!(told, expected(1));
}
