//! The forward schedule of maintenance: judged by a calendar's reader that others wrote, over HTTP, and at the command line.

use std::{fs, process::Command};

use smi::{
    db::{Connection, StoreFault},
    domain::{
        Audience, Instance, Notice, Recipient,
        maintenance::{MaintenanceEnvironment, PublishedWindow, WindowCategory, WindowPlan, WindowReference},
        parse_instant,
    },
    rules::forward_schedule::{ForwardHeading, ForwardStatus, ForwardWindow},
    store::{self, Kind},
    web::{ListedForward, icalendar},
};

use crate::{
    oracles::python_with,
    support::{
        Smi, fixture_of,
        managed::{Management, TOKEN, header},
        package,
    },
};

fn window(number: u32, title: &str, services: &str, risk: &str) -> ForwardWindow {
    let instant = |text: &str| parse_instant(text).unwrap();
    ForwardWindow {
        reference: format!("CHG-{number}").parse().unwrap(),
        sequence: number % 3,
        status: *ForwardStatus::ALL.iter().cycle().nth(number as usize).unwrap(),
        heading: *ForwardHeading::ALL.iter().cycle().nth(number as usize).unwrap(),
        environment: MaintenanceEnvironment::Production,
        title: title.parse().ok(),
        services: services.parse().ok(),
        risk: risk.parse().ok(),
        starts_at: instant("2026-10-24T19:00:00Z"),
        ends_at: instant("2026-10-25T01:30:00Z"),
        stamped_at: instant("2026-09-25T22:59:59.999Z"),
    }
}

/// SERVICE.md 5.2, 7/21: what another program reads from the calendar is what was written: long lines, commas, backslashes, line ends,
/// and characters of several octets that a folded line must not cut.
#[test]
fn another_program_reads_from_the_calendar_what_was_written() {
    let Some(python) = python_with("icalendar") else { return };
    let windows = [
        window(1, "DSP release 12.1", "User to hub messages", "none"),
        window(2, "Commas, semicolons; and a \\ backslash: \"quoted\"", "a\r\nb\nc", ""),
        window(3, &"é".repeat(99), &"€uro, ".repeat(80), &"😀".repeat(60)),
        window(4, "", "", ""),
        window(
            5,
            &format!("{}{}", "x".repeat(62), "ü".repeat(30)),
            "\\n is no line end",
            "BEGIN:VEVENT\nEND:VCALENDAR",
        ),
    ];
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("feed.ics");
    fs::write(&file, icalendar(&windows, &Instance::default())).unwrap();
    let read = Command::new(python).arg(package().join("tests/oracles/feed.py")).arg(&file).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let text = String::from_utf8(read.stdout).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    assert_eq!(lines.next().unwrap(), serde_json::json!({ "method": "PUBLISH", "version": "2.0" }));
    let found = lines.collect::<Vec<_>>();
    assert_eq!(found.len(), windows.len());
    for (window, event) in windows.iter().zip(found) {
        let said = [("Services", &window.services), ("Risk to the return of normal service", &window.risk)];
        let said = said.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?.as_str())));
        let description = said.map(|(name, text)| format!("{name}: {}", text.replace("\r\n", "\n")));
        let expected = serde_json::json!({
            "uid": format!("{}@smi", window.reference),
            "sequence": window.sequence,
            "stamp": "2026-09-25T22:59:59+0000",
            "start": "2026-10-24T19:00:00+0000",
            "end": "2026-10-25T01:30:00+0000",
            "summary": window.summary(),
            "categories": [window.heading.as_str()],
            "status": window.status.as_str(),
            "description": description.collect::<Vec<_>>().join("\n"),
        });
        assert_eq!(event, expected);
    }
}

/// The windows of the fixtures, before any is told.
pub(crate) fn planned() -> Smi {
    let smi = Smi::new();
    smi.move_to("2026-02-02T23:59:59.999Z");
    smi.import(Kind::Maintenance, &fs::read_to_string(fixture_of(Kind::Maintenance)).unwrap());
    smi
}

/// Tells a window as its working copy is, with that category.
pub(crate) fn tell(smi: &Smi, reference: &str, version: u32, withdrawn: bool, category: WindowCategory) {
    let (reference, now) = (reference.parse::<WindowReference>().unwrap(), smi.now());
    let tell = move |connection: &mut Connection| {
        let window = store::find_window(connection, &reference)?.unwrap();
        let plan = WindowPlan { category: Some(category), ..window.plan };
        let published = PublishedWindow {
            reference: reference.clone(),
            version,
            month: plan.month(),
            revision: version,
            published_at: now.0,
            withdrawn,
            plan,
        };
        store::insert_published(connection, &[published])
    };
    smi.service.store().transact::<_, StoreFault, _>(tell).unwrap();
}

/// The status, the media type, the ETag and the text.
fn get(manage: &Management, path: &str, known: Option<&str>) -> (u16, String, String, String) {
    let known = known.map(|tag| ("if-none-match", tag));
    let mut reply = manage.reply("GET", &format!("/manage/maintenance/{path}"), known.as_slice(), "");
    let [media_type, tag] = ["content-type", "etag"].map(|name| header(&reply, name));
    (reply.status().as_u16(), media_type, tag, reply.body_mut().read_to_string().unwrap())
}

/// SERVICE.md 7/21, 5.2, MP092-R26, R28.
#[test]
fn row_21_the_feed_has_what_is_told_planned_and_withdrawn() {
    let smi = planned();
    tell(&smi, "CHG-1001", 1, false, WindowCategory::High);
    let manage = Management::start(&smi);
    let (status, media_type, tag, calendar) = get(&manage, "feed.ics", None);
    assert_eq!((status, media_type.as_str()), (200, "text/calendar; charset=utf-8"));
    assert!(
        calendar.split_terminator("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')),
        "{calendar}"
    );
    let event = calendar.split("BEGIN:VEVENT\r\n").find(|event| event.contains("CHG-1001")).unwrap();
    let expected = [
        "UID:CHG-1001@smi",
        "SEQUENCE:0",
        "DTSTAMP:20260202T235959Z",
        "DTSTART:20260318T200000Z",
        "DTEND:20260319T020000Z",
        "SUMMARY:High Impact: DSP release 12.1",
        "STATUS:CONFIRMED",
    ];
    for line in expected {
        assert!(event.split("\r\n").any(|present| present == line), "{line}\n{event}");
    }
    assert_eq!(calendar.matches("STATUS:TENTATIVE").count(), 2, "the drafts");

    let (status, _, again, text) = get(&manage, "feed.ics", Some(&tag));
    assert_eq!((status, again, text.as_str()), (304, tag.clone(), ""));
    smi.move_to("2026-02-10T09:00:00Z");
    tell(&smi, "CHG-1001", 2, true, WindowCategory::High);
    let (status, _, other, calendar) = get(&manage, "feed.ics", Some(&tag));
    assert!(status == 200 && other != tag, "{status} {other}");
    assert!(
        calendar.contains("SEQUENCE:1\r\nDTSTAMP:20260210T090000Z\r\n")
            && calendar.contains("STATUS:CANCELLED"),
        "{calendar}"
    );
    manage.stop();
}

#[test]
fn the_feed_is_csv_and_json_too_and_says_what_is_wrong() {
    let smi = planned();
    tell(&smi, "CHG-1001", 1, false, WindowCategory::High);
    let manage = Management::start(&smi);
    let (_, media_type, _, csv) = get(&manage, "feed.csv?category=High", None);
    assert_eq!(media_type, "text/csv; charset=utf-8");
    assert_eq!(csv.lines().count(), 2);
    assert!(csv.contains("\nCHG-1001,0,CONFIRMED,High Impact,production,DSP release 12.1,"), "{csv}");
    let (_, media_type, _, json) = get(&manage, "feed.json?months=1", None);
    assert_eq!(media_type, "application/json");
    let listed = serde_json::from_str::<ListedForward>(&json).unwrap();
    let ends = (listed.from.as_str(), listed.to.as_str(), listed.windows.len());
    assert_eq!(ends, ("2026-02-01T00:00:00.000Z", "2026-03-03T00:00:00.000Z", 0));
    for (query, reason) in [
        ("feed.ics?months=0", "months: give a number from 1 to 120"),
        ("feed.csv?months=eighteen", "months: give a number from 1 to 120"),
        ("feed.json?category=Medium", "category: `Medium` is not a category of Planned Maintenance"),
        ("feed.ics?month=3", "query: "),
    ] {
        let (status, _, _, text) = get(&manage, query, None);
        assert!(status == 400 && text.contains(reason), "{query}: {status} {text}");
    }
    manage.stop();
}

/// SERVICE.md 5.2: what is in force, for how long, what it stops, and the next one.
#[test]
fn what_is_in_force_now_is_told_with_the_next_window() {
    let smi = planned();
    tell(&smi, "CHG-1001", 1, false, WindowCategory::High);
    tell(&smi, "CHG-1002", 1, false, WindowCategory::Low);
    let manage = Management::start(&smi);
    let now = |at: &str| {
        smi.move_to(at);
        get(&manage, "now", None).3
    };
    insta::assert_snapshot!(now("2026-03-18T19:59:59.999Z"), @r#"{"now":"2026-03-18T19:59:59.999Z","in_force":[],"next":{"reference":"CHG-1001","starts_at":"2026-03-18T20:00:00.000Z"}}"#);
    insta::assert_snapshot!(now("2026-03-18T23:30:00.500Z"), @r#"{"now":"2026-03-18T23:30:00.500Z","in_force":[{"reference":"CHG-1001","ends_at":"2026-03-19T02:00:00.000Z","stops":["requests","deliveries"],"retry_after":9000}],"next":{"reference":"CHG-1002","starts_at":"2026-03-24T22:00:00.000Z"}}"#);
    insta::assert_snapshot!(now("2026-03-25T00:00:00Z"), @r#"{"now":"2026-03-25T00:00:00.000Z","in_force":[],"next":null}"#);
    manage.stop();
}

/// SERVICE.md 7/24, PM/y, MP092-T2; and what the commands print.
#[test]
fn row_24_the_command_prints_scores_the_feed_and_what_is_in_force() {
    let smi = planned();
    tell(&smi, "CHG-1001", 1, false, WindowCategory::High);
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
        command.arg("maintenance").args(arguments).current_dir(smi.folder());
        command.env("SMI_STORE_URL", smi.url()).env("SMI_TEST_CLOCK", "2026-03-18T21:00:00Z");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    insta::assert_snapshot!(run(&["score", "--core", "yes", "--consumer", "yes", "--complexity", "high", "--downtime", "15"]), @"
    service x consumer x complexity x downtime: 1000
    (service + consumer) x complexity x downtime: 350
    advisory; it decides nothing
    ");
    insta::assert_snapshot!(run(&["score", "--core", "yes", "--consumer", "no", "--complexity", "low", "--downtime", "10"]), @"
    service x consumer x complexity x downtime: 0
    (service + consumer) x complexity x downtime: 8
    advisory; it decides nothing
    ");
    insta::assert_snapshot!(run(&["now"]), @"
    2026-03-18T21:00:00.000Z
    in force: CHG-1001 until 2026-03-19T02:00:00.000Z, 18000 seconds; stops requests, deliveries
    no window is to come
    ");
    let feed = run(&["feed", "--category", "High"]);
    assert!(feed.contains("UID:CHG-1001@smi\r\n") && feed.ends_with("END:VCALENDAR\r\n"), "{feed}");
    assert!(run(&["feed", "--format", "csv", "--months", "2"]).contains("\nCHG-1001,0,CONFIRMED,"));
    assert!(run(&["feed", "--format", "json"]).starts_with("{\n  \"from\": \"2026-03-01T00:00:00.000Z\""));
}

/// SERVICE.md 3.5: a mail about maintenance carries the calendar, and another program finds it there.
#[test]
fn a_mail_about_maintenance_carries_the_calendar() {
    let smi = planned();
    tell(&smi, "CHG-1001", 1, false, WindowCategory::High);
    let now = smi.now();
    let write = move |connection: &mut Connection| {
        for kind in ["maintenance.schedule", "firmware.agreed"] {
            let address = "planning@dsp.example".parse().ok();
            let notice = Notice {
                kind: kind.parse().unwrap(),
                subject: "Maintenance in March 2026".parse().unwrap(),
                text: "Dear planners,\n\nHigh Impact: DSP release 12.1\n".to_owned(),
                about: "2026-03".to_owned(),
                created_at: now.0,
                recipients: vec![Recipient::new(Audience::ServiceProvider, "DSP".parse().unwrap(), address)],
            };
            store::record_notice(connection, &notice)?;
        }
        Ok(())
    };
    smi.service.store().transact::<_, StoreFault, _>(write).unwrap();
    let (manage, folder) = (Management::start(&smi), tempfile::tempdir().unwrap());
    let url = manage.url();
    let spool = Command::new(env!("CARGO_BIN_EXE_smi"))
        .args([
            "notices",
            "spool",
            folder.path().to_str().unwrap(),
            "--manage",
            &url,
            "--token",
            TOKEN,
            "--by",
            "cron",
        ])
        .current_dir(smi.folder())
        .output()
        .unwrap();
    assert!(spool.status.success(), "{}", String::from_utf8_lossy(&spool.stderr));
    let mail = |number: u8| fs::read_to_string(folder.path().join(format!("{number}-1.eml"))).unwrap();
    assert!(!mail(2).contains("multipart"), "one about firmware carries none");
    let calendar = get(&manage, "feed.ics", None).3;
    let program = "import email, email.policy, sys\n\
        mail = email.message_from_bytes(open(sys.argv[1], 'rb').read(), policy=email.policy.default)\n\
        text, calendar = mail.iter_parts()\n\
        print(mail.get_content_type(), text.get_content_type(), calendar.get_content_type(), calendar.get_filename())\n\
        print(calendar['content-type'].params['method'], text.get_content().strip().splitlines()[-1])\n\
        sys.stdout.flush()\n\
        sys.stdout.buffer.write(calendar.get_payload(decode=True))";
    let file = folder.path().join("1-1.eml");
    let read = Command::new("python3").args(["-c", program]).arg(&file).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let expected =
        "multipart/mixed text/plain text/calendar maintenance.ics\nPUBLISH High Impact: DSP release 12.1\n";
    assert_eq!(String::from_utf8(read.stdout).unwrap(), format!("{expected}{calendar}"));
    manage.stop();
}

/// The row of SERVICE.md 5.3, and its month published through the management listener.
pub(crate) fn publish_march(smi: &Smi) {
    let csv = "reference,title,services,disruption,communications,hubs_affected,hubs_basis,providers,starts_at,ends_at,risk_to_return,stops\n\
        CHG-1001,DSP release 12.1,User to hub messages,certain,yes,1200000,all hubs,DSP,2026-03-18T20:00,2026-03-19T02:00,none,requests;deliveries\n";
    smi.import(Kind::Maintenance, csv);
    smi.move_to("2026-02-02T23:59:59.999Z");
    let manage = Management::start(smi);
    let body = "{\"month\": \"2026-03\", \"by\": \"planner\"}";
    manage.call("POST", "/manage/maintenance/publish", body).good();
    manage.stop();
}

/// SERVICE.md 7/21, after 7/12 (first case).
#[test]
fn row_21_a_month_that_is_published_is_in_the_feed_at_once() {
    let smi = Smi::new();
    publish_march(&smi);
    let manage = Management::start(&smi);
    let calendar = get(&manage, "feed.ics", None).3;
    insta::assert_snapshot!(calendar.replace("\r\n", "|\n"), @r"
    BEGIN:VCALENDAR|
    VERSION:2.0|
    PRODID:-//smi//maintenance//EN|
    METHOD:PUBLISH|
    BEGIN:VEVENT|
    UID:CHG-1001@smi|
    SEQUENCE:0|
    DTSTAMP:20260202T235959Z|
    DTSTART:20260318T200000Z|
    DTEND:20260319T020000Z|
    SUMMARY:High Impact: DSP release 12.1|
    CATEGORIES:High Impact|
    STATUS:CONFIRMED|
    DESCRIPTION:Services: User to hub messages\nRisk to the return of normal se|
     rvice: none|
    END:VEVENT|
    END:VCALENDAR|
    ");
    manage.stop();
}
