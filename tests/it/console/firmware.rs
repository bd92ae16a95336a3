//! Large firmware on the console: London days, schedules, what the Service Desk does, and the register of images (SERVICE.md 1).

use serde_json::Value;
use smi::store::Kind;

use super::harness::{Browser, Console, Reply};
use crate::support::Smi;

const ALDER: &str = "90-B3-D5-1F-30-01-00-00";
const CEDAR: &str = "90-B3-D5-1F-30-03-00-00";
/// The register of `fixtures/firmware`, and its large image.
const REGISTER: &str = include_str!("../../../fixtures/firmware/firmware.csv");
const IMAGE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn console() -> Console {
    let console = Console::filled(Smi::choosing(Console::choices()));
    console.smi.move_to("2026-02-27T09:00:00Z");
    console.smi.import(Kind::Firmware, REGISTER);
    console
}

fn ask(console: &Console, browser: &Browser, user: &str, batches: &str, images: &str) -> Reply {
    let fields = [("user", user), ("firmware_hash", IMAGE), ("images", images), ("batches", batches)];
    console.post_as(browser, "/firmware/schedules/new/send", &fields)
}

fn agree(console: &Console, browser: &Browser, number: u8, fields: &[(&str, &str)]) -> Reply {
    console.post_as(browser, &format!("/firmware/schedules/{number}/agree"), fields)
}

fn masked(browser: &Browser, page: &str) -> String {
    page.replace(&browser.form_token, "[token]")
}

/// SERVICE.md 7/30 as the Service Desk does it: a clash is refused with the room, then settled by another day, or by moving the other.
#[test]
fn the_service_desk_settles_a_clash_with_a_reason() {
    let console = console();
    let desk = console.operator();
    console.smi.import(Kind::Capacity, "day,images,reason\n2026-03-03,5000,works at the DSP\n");
    assert_eq!(
        ask(&console, &desk, ALDER, "2026-03-02,12000", "12000").header("location"),
        "/firmware/schedules/1"
    );
    assert_eq!(agree(&console, &desk, 1, &[("reason", "first come")]).status, 303);
    assert_eq!(ask(&console, &desk, CEDAR, "2026-03-02,8000", "8000").status, 303);
    let days = console.page(&desk, "/firmware/days").main();
    insta::assert_snapshot!("firmware_days", masked(&desk, &days));
    let clash = agree(&console, &desk, 2, &[("reason", "as asked")]);
    assert_eq!(clash.status, 422);
    assert!(clash.text.contains("FW/i") && clash.text.contains("as asked</textarea>"), "{}", clash.text);
    let no_reason = agree(&console, &desk, 2, &[("clash", "move"), ("reason", "")]);
    assert_eq!(no_reason.status, 400);
    assert!(no_reason.text.contains("Reason: missing"), "{}", no_reason.text);
    assert_eq!(agree(&console, &desk, 2, &[("clash", "move"), ("reason", "<b>other</b> day")]).status, 303);
    let moved = console.page(&desk, "/firmware/schedules/2").main();
    insta::assert_snapshot!("firmware_schedule", masked(&desk, &moved));
    assert_eq!(ask(&console, &desk, CEDAR, "2026-03-02,5000", "5000").status, 303);
    let displaced = agree(&console, &desk, 3, &[("displace", "1"), ("reason", "a security update")]);
    assert_eq!(displaced.status, 303, "{}", displaced.text);
    let other = console.page(&desk, "/firmware/schedules/1").main();
    assert!(other.contains("firmware.altered"), "{other}");
    let notices = console.page(&desk, "/notices").main();
    assert!(notices.contains("<td><a href=\"/firmware/schedules/1\">1</a></td>"), "{notices}");
    assert_eq!(agree(&console, &desk, 3, &[("reason", "again")]).status, 409);
    let withdraw = console.post_as(&desk, "/firmware/schedules/3/withdraw", &[("reason", "not needed")]);
    assert_eq!(withdraw.status, 303);
    let acts = console.page(&desk, "/acts?area=firmware").main();
    assert!(acts.contains("<a href=\"/firmware/schedules/3\">3</a>"), "{acts}");
    let csv = console.get_as(&desk, "/firmware/schedules.csv").text;
    assert_eq!(csv.lines().count(), 4, "{csv}");
    let json = serde_json::from_str::<Value>(&console.get_as(&desk, "/firmware/days.json").text).unwrap();
    assert_eq!(json["days"].as_array().unwrap().len(), 28);
    let csv = console.get_as(&desk, "/firmware/days.csv").text;
    assert!(csv.lines().next().unwrap().ends_with(",unscheduled,batches"), "{csv}");
    assert!(csv.contains("2026-03-05,12000,,12000,0,0,90-B3-D5-1F-30-01-00-00,12000,0,0,0,1"), "{csv}");
}

/// SERVICE.md 7/31: a plan fills the batches of an ask.
#[test]
fn a_plan_fills_the_batches_and_a_mistake_keeps_what_was_written() {
    let console = console();
    let planner = console.operator();
    let planned =
        console.page(&planner, "/firmware/schedules/new?images=670000&from=2026-03-02&per_day=").main();
    assert!(
        planned.contains("56 days, the last 2026-04-26 with 10000. The batches stand below."),
        "{planned}"
    );
    assert!(planned.contains("2026-03-02,12000\n2026-03-03,12000\n"), "{planned}");
    let short = ask(&console, &planner, ALDER, "2026-03-02,12000\n2026-03-03,11999", "24000");
    assert_eq!(short.status, 422);
    assert!(short.text.contains("23999 of 24000") && short.text.contains("2026-03-03,11999</textarea>"));
    let malformed = ask(&console, &planner, ALDER, "2026-03-02,12000\n2026-03-32,1", "24000");
    assert_eq!(malformed.status, 400);
    assert!(malformed.text.contains("Batches, line 2: `2026-03-32` is not a date"), "{}", malformed.text);
    let nobody = ask(&console, &planner, "", "2026-03-02,1", "1");
    assert!(nobody.text.contains("User: missing"), "{}", nobody.text);
    let reader = console.reader();
    assert_eq!(ask(&console, &reader, ALDER, "2026-03-02,12000", "12000").status, 403);
    let page = console.page(&reader, "/firmware/schedules/new").main();
    assert!(!page.contains("action=\"/firmware/schedules/new/send\""), "{page}");
    assert!(
        console.page(&reader, "/firmware/schedules").main().contains("Nobody has asked for a schedule yet")
    );
    assert_eq!(console.get_as(&reader, "/firmware/schedules/1").status, 404);
    assert_eq!(console.get_as(&reader, "/firmware/days?from=tomorrow").status, 400);
}

#[test]
fn the_register_shows_images_and_who_is_in_scope() {
    let console = console();
    let page = console.page(&console.reader(), "/firmware/images").main();
    insta::assert_snapshot!("firmware_images", page);
}
