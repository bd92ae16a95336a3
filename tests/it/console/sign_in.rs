//! Signing in and out: who gets a session, and what without one.

use super::harness::{Console, PASSWORD, TOKEN};

/// Addresses of every kind.
const ADDRESSES: [&str; 61] = [
    "/",
    "/overview/decisions",
    "/decisions?code=I0",
    "/decisions.csv",
    "/decisions.json",
    "/decisions/1",
    "/acts",
    "/acts.csv",
    "/notices",
    "/notices.json",
    "/notices/1",
    "/import",
    "/stock",
    "/stock.csv?within=30",
    "/stock.json",
    "/hubs.csv",
    "/hubs.json",
    "/hubs/00-DB-12-34-56-78-90-A0",
    "/firmware/days?from=2026-03-01",
    "/firmware/days.csv",
    "/firmware/schedules/1",
    "/firmware/images",
    "/maintenance?month=2026-03",
    "/maintenance/windows/CHG-1001",
    "/maintenance/months",
    "/privacy",
    "/privacy.csv",
    "/privacy/shares.json",
    "/privacy/assessments.csv",
    "/privacy/review.json",
    "/variants",
    "/variants.csv",
    "/variants/report.json",
    "/reports",
    "/reports.csv?name=estate",
    "/reports.json?name=changes",
    "/outbox",
    "/refusals",
    "/rulebook",
    "/validity",
    "/validity.csv",
    "/validity/review.json",
    "/validity/difference.csv?from=9.0&to=MP139",
    "/audit",
    "/nowhere",
    "/coverage?uprn=100000000041",
    "/coverage.csv",
    "/coverage.json",
    "/mpxns/2000000000015",
    "/mpxns/2000000000015/registrations.csv",
    "/mpxns/2000000000015/registrations.json",
    "/refusals/1",
    "/test-bench",
    "/faults",
    "/journal?kind=request",
    "/journal/1",
    "/states",
    "/what-if",
    "/what-if?device_type=ESME",
    "/devices/00-DB-12-34-56-78-90-A2/history.csv",
    "/devices/00-DB-12-34-56-78-90-A2/history.json",
];

#[test]
fn no_page_and_no_download_is_shown_without_a_session() {
    let console = Console::start();
    for path in ADDRESSES {
        let reply = console.get(path);
        assert_eq!((reply.status, reply.text.as_str()), (303, ""), "{path}");
        assert!(reply.header("location").starts_with("/sign-in"), "{path}");
        let odd = console.call("GET", path, &[("cookie", "smi_session=1; smi_session_1=2; x")], "");
        assert_eq!(odd.status, 303, "{path}");
    }
    let wanted = console.get("/decisions?code=I0");
    assert_eq!(wanted.header("location"), "/sign-in?to=%2Fdecisions%3Fcode%3DI0");
    let page = console.get(wanted.header("location"));
    assert_eq!((page.status, page.hidden("to").as_deref()), (200, Some("/decisions?code=I0")));
    // The API stays the API.
    assert_eq!(console.get("/manage/outbox").status, 401);
    assert_eq!(console.get("/manage/nowhere").status, 401);
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(console.call("GET", "/manage/outbox", &[("authorization", &bearer)], "").status, 200);
    let nowhere = console.call("GET", "/nowhere", &[("authorization", &bearer)], "");
    assert_eq!((nowhere.status, nowhere.header("content-type")), (404, "application/json"));
}

#[test]
fn a_name_and_the_token_or_a_password_open_a_session() {
    let console = Console::start();
    for fields in [
        [("name", "Olga"), ("token", TOKEN), ("to", "/decisions?code=I0")],
        [("name", "olive"), ("password", PASSWORD), ("to", "/decisions?code=I0")],
    ] {
        let reply = console.post("/sign-in", &fields);
        assert_eq!((reply.status, reply.header("location")), (303, "/decisions?code=I0"), "{reply:?}");
        let (name, attributes) = reply.header("set-cookie").split_once("; ").unwrap();
        assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Strict");
        assert_eq!(name.split_once('=').unwrap().1.len(), 64);
        let page = console.page(&console.browser_of(&reply), "/");
        assert!(page.text.contains(&format!("<p>{} <span class=\"role\">operator</span></p>", fields[0].1)));
    }
    let page = console.page(&console.reader(), "/");
    assert!(page.text.contains("<p>rita <span class=\"role\">reader</span></p>"));
    for wrong in [
        [("name", "olive"), ("password", "correct horse batter")],
        [("name", "nobody"), ("password", PASSWORD)],
        [("name", "Olga"), ("token", "open-sesam")],
    ] {
        let reply = console.post("/sign-in", &wrong);
        assert_eq!((reply.status, reply.header("set-cookie")), (403, ""));
        assert!(reply.text.contains("That is not right."));
        assert!(!reply.text.contains(wrong[1].1), "no secret is sent back");
    }
    for (odd, reason) in [
        ([("name", "Olga"), ("token", "")], "Give your name"),
        ([("name", ""), ("token", TOKEN)], "1 to 64 letters"),
        ([("name", "<script>"), ("token", TOKEN)], "1 to 64 letters"),
    ] {
        let reply = console.post("/sign-in", &odd);
        assert_eq!((reply.status, reply.header("set-cookie")), (400, ""));
        assert!(reply.text.contains(reason) && !reply.text.contains("<script>alert"), "{}", reply.text);
    }
}

#[test]
fn a_session_ends_after_eight_hours_and_by_signing_out() {
    let console = Console::start();
    let (first, second) = (console.operator(), console.operator());
    assert_ne!(first.cookie, second.cookie);
    let out = console.post_as(&first, "/sign-out", &[]);
    assert_eq!((out.status, out.header("location")), (303, "/sign-in"));
    assert!(out.header("set-cookie").contains("=; Max-Age=0; Path=/; HttpOnly"), "{out:?}");
    assert_eq!(console.get_as(&first, "/").status, 303);
    console.page(&second, "/");
    console.smi.move_to("2026-06-01T19:59:59Z");
    console.page(&second, "/");
    console.smi.move_to("2026-06-01T20:00:00Z");
    assert_eq!(console.get_as(&second, "/").status, 303);
    // A sign-in ends the session that was there: its ID must not stay good.
    let third = console.operator();
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("cookie", third.cookie.as_str())];
    let again = console.call("POST", "/sign-in", &headers, &format!("name=Olga&token={TOKEN}"));
    assert_eq!(again.status, 303);
    assert_eq!(console.get_as(&third, "/").status, 303);
}

#[test]
fn after_five_failures_an_address_waits() {
    let console = Console::start();
    for _ in 0..7 {
        console.operator();
    }
    for _ in 0..5 {
        assert_eq!(console.post("/sign-in", &[("name", "Olga"), ("token", "guess")]).status, 403);
    }
    let braked = console.post("/sign-in", &[("name", "Olga"), ("token", TOKEN)]);
    assert_eq!((braked.status, braked.header("set-cookie")), (429, ""));
    let wait = braked.header("retry-after").parse::<u64>().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

#[test]
fn signing_in_leads_to_no_other_host() {
    let console = Console::start();
    for odd in
        ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/sign-out"]
    {
        let reply = console.post("/sign-in", &[("name", "Olga"), ("token", TOKEN), ("to", odd)]);
        assert_eq!((reply.status, reply.header("location")), (303, "/"), "{odd}");
        let page = console.call("GET", &format!("/sign-in?to={}", odd.replace('\\', "%5C")), &[], "");
        assert_eq!(page.hidden("to").as_deref(), Some("/"), "{odd}");
    }
}

#[test]
fn a_sign_in_link_is_good_once_and_for_ten_minutes() {
    let console = Console::start();
    let link = || {
        let token = console.smi.service.make_sign_in_link("demo".parse().unwrap()).unwrap();
        format!("/sign-in?link={}", token.reveal())
    };
    let (first, second) = (link(), link());
    assert_eq!(console.call("HEAD", &first, &[], "").status, 200, "a look at it does not use it up");
    let opened = console.get(&first);
    assert_eq!((opened.status, opened.header("location")), (303, "/"));
    let page = console.page(&console.browser_of(&opened), "/");
    assert!(page.text.contains("<p>demo <span class=\"role\">operator</span></p>"));
    assert_eq!(console.get(&first).status, 403);
    assert_eq!(console.get("/sign-in?link=guess").status, 403);
    console.smi.move_to("2026-06-01T12:10:00Z");
    assert_eq!(console.get(&second).status, 403);
}

#[test]
fn every_answer_carries_the_headers_that_keep_it_to_itself() {
    let console = Console::start();
    let browser = console.operator();
    let page = console.page(&browser, "/");
    let style = page.text.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let replies = [
        console.get("/sign-in"),
        console.get("/"),
        console.post("/sign-in", &[("name", "Olga"), ("token", "guess")]),
        console.get_as(&browser, "/decisions?code=nonsense"),
        console.get_as(&browser, "/nowhere"),
        console.get_as(&browser, "/decisions.csv"),
        console.post_exactly(&browser, "/sign-out", &[]),
        console.get(style),
        page,
    ];
    for reply in replies {
        let policy = reply.header("content-security-policy");
        assert_eq!(
            policy, "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
            "{reply:?}"
        );
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        let is_asset = reply.header("content-type").starts_with("text/css");
        let expected = if is_asset { "public, max-age=31536000, immutable" } else { "no-store" };
        assert_eq!(reply.header("cache-control"), expected);
        // The policy allows no script or style within a page.
        for inline in ["<style", " style=", " onclick=", "javascript:", "<script>"] {
            assert!(!reply.text.contains(inline), "{inline}: {}", reply.text);
        }
    }
    assert_eq!(console.get("/console/0000000000000000/style.css").status, 404);
}
