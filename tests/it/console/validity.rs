//! Validity: the tables with their ends marked, a question, the review, a difference, and their downloads.

use smi::store::Kind;

use super::harness::Console;

const HEADER: &str = "version,effective_from,specification,spec_version,gbcs_version,install_from,install_to,ppm_install_to,\
    maintain_from,maintain_to,operate_from,operate_to,security,note\n";

/// HUBS.md 1 and 6; MP139-R16, R17, T14.
#[test]
fn the_tables_are_shown_with_what_ends_and_what_was_extended() {
    let console = Console::start();
    let browser = console.reader();
    let page = console.page(&browser, "/validity?as_at=2021-12-01&specification=CHTS").main();
    insta::assert_snapshot!("validity", page);
    let all = console.page(&browser, "/validity?as_at=2021-12-01").main();
    assert_eq!(all.matches("<span class=\"mark bad\">2021-04-27</span>").count(), 15, "ended: {all}");
    assert_eq!(all.matches("<span class=\"mark warn\">extended</span>").count(), 3, "{all}");
    assert_eq!(all.matches("footnote-1").count(), 2, "the heading has the footnote, and no date has one");
    let before = console.page(&browser, "/validity?as_at=2021-01-20").main();
    assert!(before.contains("Version <strong>9.0</strong>") && !before.contains(">extended<"), "{before}");
    let never = console.page(&browser, "/validity?as_at=2012-12-17").main();
    assert!(never.contains("No version of the tables was in force as at 2012-12-17."), "{never}");
    let later = console.page(&browser, "/validity?as_at=2030-01-01").main();
    assert!(later.contains("Version <strong>EXAMPLE</strong>"), "an imported version: {later}");
}

/// HUBS.md 8, rows 1, 5 and 7.
#[test]
fn one_question_is_answered_and_two_versions_are_compared() {
    let console = Console::start();
    let browser = console.reader();
    let answer = |query: &str| {
        let page = console.page(&browser, &format!("/validity?{query}")).main();
        page.split("<h3 id=\"answer\">").nth(1).unwrap().split("</section>").next().unwrap().to_owned()
    };
    let late = answer("of=CHTS&version=CHTS%20V1.0&gbcs=1.1&on=2022-02-01");
    assert!(
        late.contains("<span class=\"mark bad\">no</span></td><td class=\"nowrap\">2016-09-30</td>"),
        "{late}"
    );
    assert_eq!(late.matches("<span class=\"mark good\">yes</span>").count(), 2, "{late}");
    let ended = answer("of=CHTS&version=1.1&gbcs=2.0&on=2022-03-01");
    assert!(ended.contains("AP ended 2022-02-28. It may be installed all the same."), "{ended}");
    let device = answer("device=00-DB-12-34-56-78-90-A0");
    assert!(
        device.contains("Version MP139 has no row for it") && device.contains("CHTS 1.4 / GBCS 4.1 on"),
        "{device}"
    );
    let smets1 = answer("of=SMETS1%20ESMSTS&version=1.2&on=2019-01-01&ppm=yes");
    assert!(
        smets1.contains("<td class=\"nowrap\">2019-03-15</td>") && smets1.contains("not_asked"),
        "{smets1}"
    );
    let found = console.page(&browser, "/validity?from=9.0&to=MP139").main();
    assert!(
        found.contains("5 dates. Download:") && found.contains("Extended: CHTS 1.0 / GBCS 1.1; "),
        "{found}"
    );
    for (query, status, told) in [
        ("as_at=2021-02-30", 400, "Parameter `as_at`"),
        ("specification=CHT", 400, "Parameter `specification`"),
        ("of=CHTS", 400, "Parameter `version`: is needed beside `of`"),
        ("version=1.0", 400, "Parameter `of`"),
        ("device=00-DB-12-34-56-78-90-A0&of=CHTS", 400, "Parameter `device`"),
        ("device=00-DB-12-34-56-78-90-FF", 404, "is not in the inventory"),
        ("from=9.0", 400, "Parameter `to`"),
        ("from=9.0&to=10.0", 400, "there is no such version"),
        ("months=0", 400, "Parameter `months`"),
        ("day=1", 400, "is unknown"),
    ] {
        let reply = console.get_as(&browser, &format!("/validity?{query}"));
        assert_eq!(reply.status, status, "{query}");
        let text = reply.text.replace("&#96;", "`");
        assert!(text.contains(told), "{query}: {text}");
    }
}

/// CONSOLE.md 3: what an import brought is text, and begins no formula.
#[test]
fn tables_review_and_difference_are_downloaded() {
    let console = Console::start();
    let browser = console.reader();
    let row = "CHTS,1.0,1.1,2016-09-30,2029-01-31,n/a,2016-09-30,ND,2017-11-06,ND,<script>,=1+1\n";
    console.smi.import(Kind::Tsat, &format!("{HEADER}NEXT,2026-05-01,{row}"));
    let page = console.page(&browser, "/validity").main();
    assert!(page.contains("&#60;script&#62;") && !page.contains("<script>"), "{page}");
    let csv = console.get_as(&browser, "/validity.csv").text;
    let row = row.replace("=1+1", "'=1+1");
    assert_eq!(csv, format!("{HEADER}NEXT,2026-05-01,{row}"));
    let json =
        |path: &str| serde_json::from_str::<serde_json::Value>(&console.get_as(&browser, path).text).unwrap();
    assert_eq!(json("/validity.json?as_at=2022-01-01")["rows"].as_array().unwrap().len(), 27);
    let review = console.get_as(&browser, "/validity/review.csv?as_at=2028-12-01").text;
    assert_eq!(review, "row,column,ends\nCHTS 1.0 / GBCS 1.1,install_to,2029-01-31\n");
    assert_eq!(json("/validity/review.json?as_at=2028-12-01")["next"], "2029-03-01");
    let difference = console.get_as(&browser, "/validity/difference.csv?from=9.0&to=MP139").text;
    assert_eq!(difference.lines().count(), 6, "{difference}");
    assert_eq!(json("/validity/difference.json?from=9.0&to=MP139")["extended"].as_array().unwrap().len(), 3);
    assert_eq!(console.get_as(&browser, "/validity/difference.csv").status, 400);
}
