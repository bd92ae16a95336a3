//! A re-flash order, and a file by which the DCC updates firmware, while the service is killed or its store goes away: each event is
//! there whole (order, hubs, act, notices, what the SMI shows) or not at all, and asked again it is done, or known as done.
//!
//! An order that nobody disturbs shows what an event leaves in each table. Every other order must leave the same, whatever happened.

mod rows;
mod site;
mod way;

use std::{cell::Cell, collections::BTreeMap, time::Duration};

use super::{asked, harness::House, random::Random, server::Server};
use rows::{Tables, difference};
use site::{Answer, Site};
use way::{Again, Block, Call, Event};

/// An event of the undisturbed order: what is there after it, what it was answered, how long it took.
struct Undisturbed {
    left: Tables,
    answer: Answer,
    took: Duration,
}

/// How events fared.
#[derive(Debug, Default)]
struct Disturbed {
    /// Answered as done.
    answered: usize,
    /// Not answered so, and done.
    done: usize,
    /// Not answered so, and nothing of it done.
    not_done: usize,
}

/// Sends a call, does its worst that long after it, and puts all right again; the answer, where the event was answered as done.
type Disturb<'a> = &'a dyn Fn(&mut Site, Duration, &Call) -> Option<Answer>;

/// Lets an order go its whole way, and keeps what each event leaves.
fn undisturbed(site: &Site, block: &Block) -> BTreeMap<Event, Undisturbed> {
    let before = site.tables();
    let (mut kept, mut now) = (BTreeMap::new(), before.clone());
    for event in Event::ALL {
        let call = event.call(block, &now);
        let (answer, took) = site.timed(&call);
        assert_eq!(answer.0, 200, "{event:?}: {answer:?}");
        now = site.tables();
        let left = block.masked_tables(&difference(&before, &now), &now);
        let answer = (answer.0, block.masked(&answer.1, &now));
        kept.insert(event, Undisturbed { left, answer, took });
    }
    kept
}

/// Lets an order go its way, and disturbs these events in their middle.
fn disturbed(
    site: &mut Site,
    block: &Block,
    model: &BTreeMap<Event, Undisturbed>,
    (events, random): (&[Event], &mut Random),
    disturb: Disturb<'_>,
) -> Disturbed {
    let (before, mut fared, mut left) = (site.tables(), Disturbed::default(), Tables::default());
    let mut there = before.clone();
    for (event, Undisturbed { left: whole, answer, took }) in model {
        let call = event.call(block, &there);
        let mut is_done = false;
        if events.contains(event) {
            // Some come after the answer: most of an event is done before its commit.
            let moment = random.below(u64::try_from(took.as_micros()).unwrap() * 3 / 2 + 1);
            let answered = disturb(site, Duration::from_micros(moment), &call);
            there = site.tables();
            let now = block.masked_tables(&difference(&before, &there), &there);
            is_done = now == *whole;
            let halves = || block.halves(&now, &left, whole);
            assert!(is_done || now == left, "{event:?} after {moment} microseconds: {}", halves());
            assert!(is_done || answered.is_none(), "{event:?} was answered, and is not there: {answered:?}");
            match (&answered, is_done) {
                (Some(_), _) => fared.answered += 1,
                (None, true) => fared.done += 1,
                (None, false) => fared.not_done += 1,
            }
        }
        if is_done && event.again() == Again::AnotherEvent {
            left.clone_from(whole);
            continue;
        }
        let again = site.send_until_answered(&call);
        there = site.tables();
        let again = (again.0, block.masked(&again.1, &there));
        if is_done && event.again() == Again::NotAllowed {
            assert_eq!(again.0, 409, "{event:?}, done before: {again:?}");
        } else {
            assert_eq!(again, *answer, "{event:?}, asked again");
        }
        let now = block.masked_tables(&difference(&before, &there), &there);
        assert!(now == *whole, "{event:?}, asked again: {}", block.halves(&now, &left, whole));
        left = now;
    }
    fared
}

/// The tables that each event writes to.
fn tables_of(model: &BTreeMap<Event, Undisturbed>) -> String {
    let (none, mut lines) = (Tables::default(), Vec::new());
    let before = std::iter::once(&none).chain(model.values().map(|event| &event.left));
    for (before, (event, Undisturbed { left, .. })) in before.zip(model) {
        lines.push(format!("{event:?}: {}", difference(before, left).names().join(" ")));
    }
    lines.join("\n")
}

/// The long form disturbs as many events as it is told; the short one each event of one order.
fn events_are_whole_or_not_there(house: House, events: &[Event], disturb: Disturb<'_>) {
    let each = u32::try_from(events.len()).unwrap();
    let rounds = u32::try_from(asked("FAULTS_KILLS", each.into())).unwrap().div_ceil(each);
    let seed = asked("FAULTS_SEED", 1);
    let (mut site, mut random) = (Site::begin(house, rounds + 1), Random::new(seed));
    let model = undisturbed(&site, &Block(0));
    // Each test of this process asks for the same.
    insta::allow_duplicates! {
        insta::assert_snapshot!(tables_of(&model), @r"
        Request: acts reflash_hubs reflash_orders
        Authorise: acts notice_recipients notices reflash_orders
        Late: acts reflash_orders
        AcceptLate: acts notice_recipients notices reflash_orders
        Despatch: acts reflash_orders
        Receive: acts notice_recipients notices reflash_hubs reflash_orders
        Start: acts reflash_hubs reflash_orders
        Outcomes: acts reflash_hubs
        Upload: decisions devices reflash_hubs requests status_history
        Finish: acts notice_recipients notices reflash_orders
        Release: acts notice_recipients notices reflash_orders
        Redelivered: acts notice_recipients notices reflash_hubs reflash_orders stock
        ");
    }
    let mut all = Disturbed::default();
    for round in 1..=rounds {
        let fared = disturbed(&mut site, &Block(round), &model, (events, &mut random), disturb);
        all.answered += fared.answered;
        all.done += fared.done;
        all.not_done += fared.not_done;
    }
    println!("seed {seed}, {} events disturbed: {all:?}", rounds * each);
    assert!(all.done + all.not_done > 0, "no event was met: {all:?}");
}

#[test]
fn an_event_of_an_order_that_a_kill_meets_is_there_whole_or_not_at_all_on_sqlite() {
    events_are_whole_or_not_there(House::on_sqlite(), &Event::ALL, &Site::killed_after);
}

#[test]
fn an_event_of_an_order_that_a_kill_meets_is_there_whole_or_not_at_all_on_postgres() {
    let Some(server) = Server::start() else { return };
    events_are_whole_or_not_there(House::on(|_| server.url()), &Event::ALL, &Site::killed_after);
}

/// HUBS.md 7, the last row: the database file is not where it was.
#[test]
fn an_event_whose_store_goes_away_is_answered_503_and_again_later_as_if_first_on_sqlite() {
    let house = House::on_sqlite();
    let path = house.recipe.folder.join("smi.db");
    let aside = path.with_extension("aside");
    let away = || std::fs::rename(&path, &aside).unwrap();
    let back = || std::fs::rename(&aside, &path).unwrap();
    events_are_whole_or_not_there(house, &Event::ALL, &|site, moment, call| {
        site.away_after(moment, call, (&away, &back))
    });
}

/// HUBS.md 7, the last row: the server has become a standby, before an event or in its middle, in turn. Every change of it takes
/// seconds, so not each event meets one.
#[test]
fn an_event_whose_store_goes_away_is_answered_503_and_again_later_as_if_first_on_postgres() {
    let Some(server) = Server::start() else { return };
    let events = [Event::Request, Event::Authorise, Event::Outcomes, Event::Upload];
    let (away, back) = (|| server.become_standby(), || server.promote());
    let is_before = Cell::new(false);
    events_are_whole_or_not_there(House::on(|_| server.url()), &events, &|site, moment, call| {
        if is_before.replace(!is_before.get()) {
            site.away_after(moment, call, (&away, &back))
        } else {
            site.away_before(call, (&away, &back))
        }
    });
}
