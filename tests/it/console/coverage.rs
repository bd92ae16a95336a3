//! Coverage: SR 12.1 in each schemaVersion, as a real request is answered.

use serde_json::Value;
use smi::{
    domain::{Body, CspRegion, PremisesKey, PropertyFilter, Request},
    rules::WanUnknown,
    service::Choices,
    store::Kind,
};

use super::harness::Console;
use crate::support::{DCC, SUPPLIER, Smi, package};

/// The fixtures' premises whose WAN Variant is one space beside a date.
const UNKNOWN: &str = "/coverage?uprn=100000000041";

fn place(post_code: &str, address: &str) -> Body {
    let (post_code, address_identifier) = (post_code.parse().unwrap(), address.parse().unwrap());
    Body::RequestWanMatrix(PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier }))
}

/// The texts of the elements of that name.
fn texts<'a>(answer: &'a str, element: &str) -> Vec<&'a str> {
    let (start, end) = (format!("<sr:{element}>"), format!("</sr:{element}>"));
    answer.split(&start).skip(1).map(|rest| rest.split(&end).next().unwrap()).collect()
}

#[test]
fn a_place_is_answered_in_each_schema_version() {
    let console = Console::start();
    let browser = console.reader();
    insta::assert_snapshot!("coverage", console.page(&browser, UNKNOWN).main());
    let csv = console.page(&browser, "/coverage.csv?uprn=100000000041");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"coverage.csv\"");
    insta::assert_snapshot!(csv.text, @"
    schema_version,response_code,csp_region,csp_region_response_code,coverage_availability,anticipated_coverage_date,wan_technology,connectivity_likelihood,auxiliary_equipment_required,additional_information
    5.0,I0,Central,,true,2027-03-31,Unknown,Medium,,
    5.1,I0,Central,,true,2027-03-31,Unknown,Medium,,
    5.3,I0,Central,I0,true,2027-03-31,Unknown,Medium,,
    5.3,I0,4G Central,I0,true,2025-10-01,Cellular,High,,
    5.4,I0,Central,I0,true,2027-03-31,Unknown,Medium,,
    5.4,I0,4G Central,I0,true,2025-10-01,Cellular,High,,
    ");
}

#[test]
fn the_page_says_what_a_request_is_answered() {
    let choices = Choices { csp_unavailable: vec![CspRegion::South], ..Choices::of(DCC) };
    let silent = Console::of(Smi::choosing(choices));
    silent.smi.import(
        Kind::Coverage,
        &std::fs::read_to_string(package().join("fixtures/inventory/coverage.csv")).unwrap(),
    );
    for console in [Console::start(), silent] {
        let browser = console.operator();
        for (post_code, address) in [
            ("ZZ4 4DD", "4 Sample Lane"),
            ("ZZ1 1AA", ""),
            ("ZZ7 7GG", "1"),
            ("ZZ4 4DE", ""),
            ("ZZ9 9ZZ", ""),
        ] {
            let at = format!(
                "/coverage.json?post_code={}&address={}",
                post_code.replace(' ', "+"),
                address.replace(' ', "+")
            );
            let listed: Value = serde_json::from_str(&console.page(&browser, &at).text).unwrap();
            for version in listed["versions"].as_array().unwrap() {
                let named = version["schema_version"].as_str().unwrap();
                let request = console.smi.request(SUPPLIER, place(post_code, address));
                let request = Request { schema_version: named.parse().unwrap(), ..request };
                let told = console.smi.post(&console.smi.signed(&request));
                assert_eq!(version["response_code"], told.code, "{at} in {named}");
                let regions = version["csp_regions"].as_array().unwrap();
                let of = |field: &str| {
                    let shown = regions.iter().map(|region| &region[field]).filter(|value| !value.is_null());
                    let texts =
                        shown.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
                    texts.collect::<Vec<_>>()
                };
                for (field, element) in [
                    ("csp_region", "CSPRegion"),
                    ("csp_region_response_code", "CSPRegionResponseCode"),
                    ("coverage_availability", "CoverageAvailability"),
                    ("anticipated_coverage_date", "AnticipatedCoverageDate"),
                    ("wan_technology", "WANTechnology"),
                    ("connectivity_likelihood", "ConnectivityLikelihood"),
                    ("additional_information", "AdditionalInformation"),
                ] {
                    assert_eq!(of(field), texts(&told.text, element), "{at} in {named}: {element}");
                }
            }
        }
    }
}

#[test]
fn one_space_is_shown_in_words() {
    let console = Console::of(Smi::with(WanUnknown::Space, Vec::new()));
    let header = "csp_region,postcode,coverage_availability,anticipated_coverage_date,wan_technology,connectivity_likelihood\n";
    console.smi.import(Kind::Coverage, &format!("{header}Central,ZZ4 4DD,true,2027-03-31, ,Medium\n"));
    let browser = console.operator();
    let page = console.page(&browser, "/coverage?post_code=ZZ4+4DD").main();
    assert_eq!(page.matches("<td class=\"none\">one space</td>").count(), 4, "{page}");
    assert!(page.contains("one space, with a date</td><td><strong>Unknown</strong>"), "{page}");
}

#[test]
fn without_a_place_or_an_answer_the_page_says_what_to_do() {
    let console = Console::start();
    let browser = console.reader();
    let empty = console.page(&browser, "/coverage").main();
    assert!(empty.contains("What SR 12.1 Request WAN Matrix is answered about a place"), "{empty}");
    assert!(empty.contains("<td>4G Central</td>"), "the extracts in force: {empty}");
    let unknown = console.page(&browser, "/coverage?post_code=XX9+9XX").main();
    assert!(unknown.contains("E120101") && unknown.contains("No extract has this place."), "{unknown}");
    let hostile = console.page(&browser, "/coverage?post_code=%3Cscript%3E&address=%3Cscript%3E").main();
    assert!(hostile.contains("&#60;script&#62;") && !hostile.contains("<script"), "{hostile}");
    let bare = Console::of(Smi::new());
    let bare = bare.page(&bare.operator(), "/coverage").main();
    assert!(bare.contains("No coverage is loaded, so SR 12.1 finds nothing."), "{bare}");
    for (path, reason) in [
        ("/coverage?uprn=x", "`uprn`"),
        ("/coverage?uprn=0", "`uprn`"),
        ("/coverage?post_code=%3Cscript%3E1", "`post_code`"),
        ("/coverage?address=1", "needs `post_code` beside it"),
        ("/coverage?post_code=ZZ4+4DD&uprn=1", "asks by one of both"),
        ("/coverage.csv", "name no place"),
        ("/coverage.json?post_code=", "name no place"),
    ] {
        let reply = console.get_as(&browser, path);
        assert_eq!(reply.status, 400, "{path}");
        assert!(reply.text.contains(reason) && !reply.text.contains("<script>"), "{path}: {}", reply.text);
    }
}
