//! SR 12.1 with CSPs that are asked over HTTP: played ones, that answer, are slow, are down, or are wrong.

mod command;
mod peace;
mod schema;

use std::{
    net::TcpListener,
    num::{NonZero, NonZeroUsize},
    thread,
    time::{Duration, Instant},
};

use smi::{
    domain::{Body, CspRegion, Eui64, PremisesKey, PropertyFilter, ReadInventory},
    rules::RuleSettings,
    service::csp::{CspOptions, Csps},
    store::{self, Kind},
    tls::ClientTls,
    tools::csp_stub::{self, ExtractIndex, FaultInjection, Stub, WrongAnswer},
};

use crate::support::{METER, OPERATOR, Smi, Told, receiver::DEADLINE};

/// What the CSPs say themselves: `ZZ1 1AA` lies in North and in 4G North; `ZZ4 4DD` in Central.
const SAID: &str = "\
csp_region,postcode,address_identifier,uprn,coverage_availability,anticipated_coverage_date,wan_technology,connectivity_likelihood
North,ZZ1 1AA,,,true,2020-01-01,420,High
North,ZZ1 1AA,1 High Street,100000000001,true,2021-01-01,450,Medium
4G North,ZZ1 1AA,,,true,2026-01-01,Cellular,High
Central,ZZ4 4DD,,,true,2027-03-31, ,Medium
Central,ZZ4 4DE,,,false,, ,Low
Central,ZZ4 4DF,,,true,2020-01-01,Special Installation Mesh,Low
";

/// What an extract said of North: another word than the CSP's own.
const EXTRACT: &str = "\
csp_region,postcode,coverage_availability,anticipated_coverage_date,wan_technology,connectivity_likelihood
North,ZZ1 1AA,true,2015-01-01,Variant 450,Low
";

/// Patient enough for any machine; the tests that wait for it to end have their own.
const PATIENT: Duration = Duration::from_secs(20);

fn options() -> CspOptions {
    CspOptions { timeout: PATIENT, breaker_failures: NonZero::new(2).unwrap(), ..CspOptions::default() }
}

fn stub() -> Stub {
    let book = ExtractIndex::new(store::coverage_rows(SAID.as_bytes()).unwrap());
    csp_stub::spawn(book, FaultInjection::default(), ([127, 0, 0, 1], 0).into()).unwrap()
}

/// A service that asks these CSPs.
fn asking(options: CspOptions, urls: &[(CspRegion, String)]) -> Smi {
    Smi::asking(RuleSettings::default(), |clock| Csps::new(urls, options, &ClientTls::none(), clock))
}

fn place(post_code: &str, address_identifier: &str) -> Body {
    Body::RequestWanMatrix(PremisesKey::PartialAddress(PropertyFilter {
        post_code: post_code.parse().unwrap(),
        address_identifier: address_identifier.parse().unwrap(),
    }))
}

/// Each region's answer as `North: I0 420 2020-01-01`.
fn regions(told: &Told) -> Vec<String> {
    let value = |part: &str, name: &str| {
        let (_, rest) = part.split_once(&format!("<sr:{name}>"))?;
        rest.split_once('<').map(|(value, _)| value.to_owned())
    };
    let parts = told.text.split("<sr:DSPWANMatrixResponse>").skip(1);
    parts
        .map(|part| {
            let of = |name| value(part, name).unwrap_or_default();
            let (region, code) = (of("CSPRegion"), of("CSPRegionResponseCode"));
            format!("{region}: {code} {} {}", of("WANTechnology"), of("AnticipatedCoverageDate"))
        })
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// Asks, and returns the answer's code, its regions, and what the kept decision says of them.
fn ask_and_explain(smi: &Smi, sender: Eui64, body: Body) -> String {
    let request = smi.request(sender, body);
    let told = smi.post(&smi.signed(&request));
    let [decision] = &smi.decisions(request.id)[..] else { panic!("not one decision") };
    let of_regions = decision.steps.iter().filter(|step| step.rule.starts_with("SR12.1/"));
    let steps = of_regions.map(|step| format!("{} {}", step.rule, step.saw)).collect::<Vec<_>>();
    format!("{}\n{}\n{}", told.code, regions(&told).join("\n"), steps.join("\n"))
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < DEADLINE, "{what}");
        thread::yield_now();
    }
}

/// MP106-R2, R9, R10; GEN-D5: a postcode by CSPM-S1, premises by CSPM-S2.
#[test]
fn a_csps_own_word_goes_before_its_extract() {
    let stub = stub();
    let asked = [CspRegion::North, CspRegion::Central, CspRegion::North4G];
    let smi = asking(options(), &asked.map(|region| (region, stub.url())));
    smi.import(Kind::Coverage, EXTRACT);
    let uprn = Body::RequestWanMatrix(PremisesKey::Uprn("100000000001".parse().unwrap()));
    let asked = [
        place("zz11aa", ""),
        place("ZZ1 1AA", "1 High Street"),
        place("ZZ1 1AA", "2 High Street"),
        uprn,
        place("ZZ4 4DD", "1"),
        place("ZZ4 4DE", "1"),
        place("ZZ4 4DF", ""),
        place("ZZ9 9ZZ", "1"),
    ];
    let answers = asked.map(|body| ask_and_explain(&smi, OPERATOR, body));
    insta::assert_snapshot!("whose_word", answers.join("\n\n"));
    stub.stop().unwrap();
}

#[test]
fn all_regions_are_asked_at_the_same_time() {
    let stub = stub();
    stub.inject(FaultInjection { delay_ms: 500, ..FaultInjection::default() });
    let smi = asking(
        options(),
        &[CspRegion::North, CspRegion::Central, CspRegion::North4G].map(|r| (r, stub.url())),
    );
    assert_eq!(regions(&smi.ask(OPERATOR, place("ZZ1 1AA", ""))).len(), 2);
    assert_eq!(stub.most_at_once(), 3);
    stub.stop().unwrap();
}

/// MP106-R5, R6, R8, T2: nonsense is refused, counted and never passed on; the extract answers, and a breaker is no
/// matter.
#[test]
fn a_wrong_answer_is_refused_whatever_is_wrong_with_it() {
    let stub = stub();
    let smi = asking(options(), &[(CspRegion::North, stub.url())]);
    smi.import(Kind::Coverage, EXTRACT);
    for wrong in WrongAnswer::ALL {
        stub.inject(FaultInjection { wrong: Some(*wrong), ..FaultInjection::default() });
        let explained = ask_and_explain(&smi, OPERATOR, place("ZZ1 1AA", ""));
        assert!(explained.starts_with("I0\nNorth: I0 450 2015-01-01\n"), "{wrong}: {explained}");
        assert!(
            explained.contains("its CSP did not answer: its answer was nonsense"),
            "{wrong}: {explained}"
        );
    }
    let page = smi.service.metrics_page();
    let line =
        format!(r#"smi_csp_requests_total{{region="North",outcome="nonsense"}} {}"#, WrongAnswer::ALL.len());
    assert!(page.contains(&line), "{page}");
    assert!(page.contains(r#"smi_csp_breaker{region="North",state="closed"} 1"#), "{page}");
    stub.inject(FaultInjection::default());
    assert_eq!(regions(&smi.ask(OPERATOR, place("ZZ1 1AA", ""))), ["North: I0 420 2020-01-01"]);
    stub.stop().unwrap();
}

/// SMI.md 7: E120102 for what cannot answer while others do; E120103 where none can; E120101 only where that is known.
#[test]
fn where_a_csp_is_silent_the_extract_answers_or_the_region_says_so() {
    let (north, central) = (stub(), stub());
    let urls = [(CspRegion::North, north.url()), (CspRegion::Central, central.url())];
    let smi = asking(options(), &urls);
    north.inject(FaultInjection { down: true, ..FaultInjection::default() });
    let without = ask_and_explain(&smi, OPERATOR, place("ZZ4 4DD", ""));
    smi.import(Kind::Coverage, EXTRACT);
    let extract = ask_and_explain(&smi, OPERATOR, place("ZZ1 1AA", ""));
    insta::assert_snapshot!(format!("{without}\n\n{extract}"), @r#"
        I0
        North: E120102
        Central: I0 Unknown 2027-03-31
        SR12.1/a CSP Regions: North, Central
        SR12.1/b North cannot answer now; its CSP did not answer: it is down
        SR12.1/b Central answers: its CSP (live)
        SR12.1/d Central: Unknown (one space, with date 2027-03-31)
        SR12.1/c 1 of 2 answer

        I0
        North: I0 450 2015-01-01
        SR12.1/a CSP Regions: North; not Central, as its CSP says (live)
        SR12.1/b North answers: extract `unnamed` loaded 2026-06-01, 0 days old; its CSP did not answer: it is down
        SR12.1/c 1 of 1 answer
        "#);
    central.inject(FaultInjection { down: true, ..FaultInjection::default() });
    let nowhere = ask_and_explain(&smi, OPERATOR, place("ZZ9 9ZZ", ""));
    assert!(nowhere.starts_with("E120103\n"), "{nowhere}");
    north.stop().unwrap();
    central.stop().unwrap();
}

#[test]
fn a_slow_csp_and_one_that_is_not_there_are_not_waited_for() {
    let slow = stub();
    slow.inject(FaultInjection { delay_ms: 60_000, ..FaultInjection::default() });
    // Bound and never served: whoever connects hears nothing.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let urls = [
        (CspRegion::North, slow.url()),
        (CspRegion::Central, format!("http://{}", mute.local_addr().unwrap())),
        (CspRegion::South, format!("http://{closed}")),
    ];
    let smi = asking(CspOptions { timeout: Duration::from_millis(200), ..options() }, &urls);
    smi.import(Kind::Coverage, EXTRACT);
    let begun = Instant::now();
    let explained = ask_and_explain(&smi, OPERATOR, place("ZZ1 1AA", ""));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    insta::assert_snapshot!(explained, @r#"
        I0
        North: I0 450 2015-01-01
        Central: E120102
        South: E120102
        SR12.1/a CSP Regions: North, Central, South
        SR12.1/b North answers: extract `unnamed` loaded 2026-06-01, 0 days old; its CSP did not answer: no answer in time
        SR12.1/b Central cannot answer now; its CSP did not answer: no answer in time
        SR12.1/b South cannot answer now; its CSP did not answer: it is down
        SR12.1/c 1 of 3 answer
        "#);
    slow.stop().unwrap();
}

/// The clock is the test's own.
#[test]
fn a_breaker_opens_and_closes() {
    let stub = stub();
    let smi = asking(options(), &[(CspRegion::North, stub.url())]);
    smi.import(Kind::Coverage, EXTRACT);
    stub.inject(FaultInjection { down: true, ..FaultInjection::default() });
    let ask = || ask_and_explain(&smi, OPERATOR, place("ZZ1 1AA", ""));
    let stands = |state: &str| {
        let line = format!(r#"smi_csp_breaker{{region="North",state="{state}"}} 1"#);
        assert!(smi.service.metrics_page().contains(&line), "not {state}");
    };
    assert!(ask().contains("it is down"));
    stands("closed");
    assert!(ask().contains("it is down"));
    stands("open");
    assert!(ask().contains("it failed too often just now"));
    assert_eq!(stub.asked(), 2, "the breaker is open");
    smi.move_to("2026-06-01T12:00:29Z");
    assert!(ask().contains("it failed too often just now"));
    smi.move_to("2026-06-01T12:00:30Z");
    assert!(ask().contains("it is down"), "tried once");
    assert!(ask().contains("it failed too often just now"));
    assert_eq!(stub.asked(), 3);
    stub.inject(FaultInjection::default());
    smi.move_to("2026-06-01T12:01:00Z");
    assert!(ask().contains("answers: its CSP (live)"));
    stands("closed");
    stub.stop().unwrap();
}

#[test]
fn an_answer_is_used_again_as_long_as_it_may() {
    let stub = stub();
    let smi = asking(options(), &[(CspRegion::North, stub.url())]);
    let ask = |post_code| ask_and_explain(&smi, OPERATOR, place(post_code, ""));
    assert!(ask("ZZ1 1AA").contains("(live)"));
    assert!(ask("ZZ4 4DD").contains("not North, as its CSP says (live)"));
    smi.move_to("2026-06-01T12:59:59Z");
    assert!(ask("zz11aa").contains("North answers: its CSP (cached 3599 s ago)"));
    assert!(ask("ZZ4 4DD").contains("not North, as its CSP says (cached 3599 s ago)"));
    assert_eq!(stub.asked(), 2);
    smi.move_to("2026-06-01T13:00:00Z");
    assert!(ask("ZZ1 1AA").contains("(live)"));
    assert_eq!(stub.asked(), 3);
    let page = smi.service.metrics_page();
    assert!(page.contains(r#"smi_csp_requests_total{region="North",outcome="cached"} 2"#), "{page}");
    stub.stop().unwrap();
}

#[test]
fn so_many_questions_at_once_and_no_more() {
    let stub = stub();
    stub.inject(FaultInjection { delay_ms: 100, ..FaultInjection::default() });
    let two = CspOptions { max_in_flight: NonZeroUsize::new(2).unwrap(), ..options() };
    let smi = asking(two, &[(CspRegion::North, stub.url())]);
    thread::scope(|scope| {
        let ask = |number: u8| {
            let told = smi.ask(OPERATOR, place("ZZ1 1AA", &format!("{number} High Street")));
            regions(&told).len()
        };
        let asking = (0..4).map(|number| scope.spawn(move || ask(number))).collect::<Vec<_>>();
        assert!(asking.into_iter().all(|thread| thread.join().unwrap() == 1));
    });
    assert_eq!((stub.asked(), stub.most_at_once()), (4, 2));
    stub.stop().unwrap();
}

/// SMI.md 3/6: the first answer again, and nobody is asked for it; nor for what may not be sent.
#[test]
fn only_a_new_request_that_may_be_sent_asks() {
    let stub = stub();
    let smi = asking(CspOptions { cache: Duration::ZERO, ..options() }, &[(CspRegion::North, stub.url())]);
    let request = smi.request(OPERATOR, place("ZZ1 1AA", ""));
    let message = smi.signed(&request);
    let first = smi.post(&message);
    assert_eq!((first.code.as_str(), stub.asked()), ("I0", 1));
    assert_eq!(smi.post(&message).text, first.text);
    let mut other = smi.request(OPERATOR, place("ZZ1 1AB", ""));
    other.id = request.id;
    assert_eq!(smi.post(&smi.signed(&other)).code, "E100");
    let mut wrong = smi.request(OPERATOR, place("ZZ1 1AA", ""));
    wrong.command_variant = 1.try_into().unwrap();
    assert_eq!(smi.post(&smi.signed(&wrong)).code, "E13");
    smi.import(Kind::Users, "user_id,roles,status\n90-B3-D5-1F-30-02-00-00,ED,Suspended\n");
    assert_eq!(smi.ask(OPERATOR, place("ZZ1 1AA", "")).code, "E3");
    assert_eq!(stub.asked(), 1);
    stub.stop().unwrap();
}

/// Nobody's turn to write waits for a CSP.
#[test]
fn while_a_csp_is_asked_others_are_decided() {
    let stub = stub();
    stub.inject(FaultInjection { delay_ms: 60_000, ..FaultInjection::default() });
    let smi = asking(
        CspOptions { timeout: Duration::from_secs(5), ..options() },
        &[(CspRegion::North, stub.url())],
    );
    smi.import(Kind::Coverage, EXTRACT);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| smi.ask(OPERATOR, place("ZZ1 1AA", "")).code);
        wait_until("the CSP is asked", || stub.asked() == 1);
        let read = Body::ReadInventory(ReadInventory::DeviceId(METER));
        assert_eq!(smi.ask(OPERATOR, read).code, "E080201");
        assert!(!waiting.is_finished(), "the CSP is still asked");
        assert_eq!(waiting.join().unwrap(), "I0");
    });
    stub.stop().unwrap();
}

/// What is decided without asking says so.
#[test]
fn what_if_asks_nobody() {
    let stub = stub();
    let smi = asking(options(), &[(CspRegion::North, stub.url())]);
    smi.import(Kind::Coverage, EXTRACT);
    let decision = smi.what_if(OPERATOR, place("ZZ1 1AA", ""));
    let saw = decision.steps.iter().map(|step| step.saw.as_str()).collect::<Vec<_>>();
    assert!(
        saw.contains(
            &"North answers: extract `unnamed` loaded 2026-06-01, 0 days old; its CSP was not asked"
        ),
        "{saw:?}"
    );
    assert_eq!(stub.asked(), 0);
    stub.stop().unwrap();
}
