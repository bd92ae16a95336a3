//! The grounds of a request, each alone, and all together.

use super::*;
use crate::domain::{
    ResponseCode,
    reflash::{NoHub, OrderNumber, ReasonLabel},
};

fn another_order() -> OrderNumber {
    parsed("RF-000007")
}

/// HUBS.md 8 row 22; MP155-T2: each condition alone gives exactly its reason. LISTED_TWICE is RF/c.
#[test]
fn row_22_each_ground_alone_is_told_alone() {
    let world = World::new();
    let two = || TestRequest::hubs(&[1, 2]);
    let good = two().assess(&world);
    assert_eq!((good.reasons.len(), good.site.unwrap().as_str()), (0, "FLASH-CS"));
    let other = TestRequest::hubs(&[3]);
    assert_eq!(other.assess(&world).site.unwrap().as_str(), "FLASH-N");
    let installed = SmiStatus::Commissioned;
    for (asked, reasons) in [
        (other, vec!["OTHER_USER 2"]),
        (TestRequest::hubs(&[1, 0]), vec!["WRONG_CSP_OR_FACILITY 3"]),
        (two().with(|asked| asked.request.hubs = Some(3)), vec!["COUNT_DIFFERS"]),
        (two().with(|asked| asked.to("SUPC-1", "SUPC")), vec!["ADDRESS_NOT_LISTED"]),
        (
            two().with(|asked| asked.request.redeliver_on = Some(date(2022, 2, 5))),
            vec!["OUTSIDE_WORKING_HOURS"],
        ),
        (
            two().with(|asked| asked.request.redeliver_on = Some(date(2022, 4, 15))),
            vec!["OUTSIDE_WORKING_HOURS"],
        ),
        (
            two().with(|asked| asked.request.window = Some(parsed("16:30-17:30"))),
            vec!["OUTSIDE_WORKING_HOURS"],
        ),
        (two().with(|asked| asked.request.lines[0].firmware_version = None), vec!["MISSING_DATA 2"]),
        (
            two().with(|asked| {
                asked.held(1).chf_status = installed;
                asked.held(1).gpf_status = installed;
                asked.held(1).was_installed = Some(installed);
            }),
            vec!["NOT_PENDING 3"],
        ),
        (two().with(|asked| asked.row(1).packaging = Packaging::Opened), vec!["PACKAGING_OR_DAMAGE 3"]),
        (TestRequest::hubs(&[1, 1]), vec!["LISTED_TWICE 3"]),
        (
            TestRequest::hubs(&[3]).with(|asked| asked.to("SUPC-1", "SUPC")),
            vec!["ADDRESS_NOT_LISTED", "OTHER_USER 2"],
        ),
    ] {
        let assessment = asked.assess(&world);
        assert_eq!(asked.labels(&world), reasons);
        assert!(assessment.is_rejected());
    }
}

/// One hub, asked for well.
fn one() -> TestRequest {
    TestRequest::hubs(&[1])
}

/// Each request has that reason alone, which saw that.
fn told_alone(asked: &[(TestRequest, &str, &str)]) {
    let world = World::new();
    for (asked, reason, saw) in asked {
        assert_eq!(asked.labels(&world), [*reason]);
        assert_eq!(asked.assess(&world).reasons[0].saw, *saw, "{reason}");
    }
}

/// The conditions that row 22 leaves out.
#[test]
fn rf_d_e_f_g_what_a_hub_is_and_whose_it_is() {
    let no_hub = |why| one().with(|asked| asked.facts.hubs[0].as_mut().unwrap().hub = Err(why));
    told_alone(&[
        (no_hub(NoHub::NotInTheSmi), "UNKNOWN_HUB 2", "it is not in the SMI"),
        (no_hub(NoHub::NotAChf), "UNKNOWN_HUB 2", "it is no CHF"),
        (no_hub(NoHub::NoGpf), "UNKNOWN_HUB 2", "its GPF is not in the SMI"),
        (no_hub(NoHub::Smets1), "UNKNOWN_HUB 2", "it is a SMETS1 Device"),
        (
            one().with(|asked| asked.held(0).gpf_status = SmiStatus::Whitelisted),
            "NOT_PENDING 2",
            "CHF Pending, GPF Whitelisted",
        ),
        (
            one().with(|asked| asked.held(0).was_installed = Some(SmiStatus::Commissioned)),
            "WAS_INSTALLED 2",
            "its history has Commissioned",
        ),
        (
            one().with(|asked| asked.held(0).holder = None),
            "OTHER_USER 2",
            "its holder is unknown, the Party is SUPA",
        ),
    ]);
}

#[test]
fn rf_h_i_j_k_where_a_hub_lies_and_where_it_goes() {
    told_alone(&[
        (
            one().with(|asked| asked.facts.hubs[0].as_mut().unwrap().stock = None),
            "NOT_DELIVERED 2",
            "it has no stock row",
        ),
        (
            one().with(|asked| asked.row(0).delivered_on = None),
            "NOT_DELIVERED 2",
            "its stock row has no day of delivery",
        ),
        (
            one().with(|asked| asked.row(0).delivered_on = Some(date(2022, 1, 2))),
            "NOT_DELIVERED 2",
            "it is delivered on 2022-01-02, today is 2022-01-01",
        ),
        (
            one().with(|asked| asked.request.site = Some(parsed("FLASH-N"))),
            "WRONG_CSP_OR_FACILITY 2",
            "its CSP Region is Central; FLASH-N serves North, 4G North",
        ),
        (
            one().with(|asked| asked.request.site = Some(parsed("NOWHERE"))),
            "WRONG_CSP_OR_FACILITY 2",
            "its CSP Region is Central; there is no site for the order",
        ),
        (
            one().with(|asked| asked.held(0).region = None),
            "WRONG_CSP_OR_FACILITY 2",
            "its CSP Region is none; there is no site for the order",
        ),
        (
            one().with(|asked| asked.facts.location = None),
            "ADDRESS_NOT_LISTED",
            "SUPA-1 is not listed; the Party is SUPA",
        ),
        (
            one().with(|asked| {
                asked.request.location = Some(parsed("FLASH-CS"));
                asked.facts.location = asked.facts.sites.first().cloned();
            }),
            "ADDRESS_NOT_LISTED",
            "FLASH-CS is a site; the Party is SUPA",
        ),
        (
            one().with(|asked| asked.row(0).packaging = Packaging::Damaged),
            "PACKAGING_OR_DAMAGE 2",
            "its packaging is damaged",
        ),
    ]);
}

#[test]
fn rf_l_m_n_o_what_else_is_asked() {
    told_alone(&[
        (
            one().with(|asked| asked.request.lines[0].model = Some(parsed("SH-C2"))),
            "DATA_DIFFERS 2",
            "device_model SH-C2, in the SMI SH-C1",
        ),
        (
            one().with(|asked| asked.held(0).firmware_version = None),
            "DATA_DIFFERS 2",
            "firmware_version 01000000, in the SMI none",
        ),
        (
            one().with(|asked| {
                asked.held(0).firmware_version = Some(parsed("03000100"));
                asked.request.lines[0].firmware_version = Some(parsed("03000100"));
            }),
            "ALREADY_LATEST 2",
            "none in production is newer than its own, 03000100",
        ),
        (
            one().with(|asked| asked.facts.firmware = FirmwareList::default()),
            "NO_FIRMWARE 2",
            "no firmware of Sample Hubs SH-C1 is in production",
        ),
        (
            one().with(|asked| asked.facts.hubs[0].as_mut().unwrap().open_order = Some(another_order())),
            "IN_ANOTHER_ORDER 2",
            "it is on RF-000007",
        ),
        (
            one().with(|asked| asked.request.redeliver_on = Some(date(2021, 12, 31))),
            "OUTSIDE_WORKING_HOURS",
            "2021-12-31 is before today, 2022-01-01",
        ),
    ]);
}

/// HUBS.md 6, the reason of the JSON: the label, the rule, the line, the ID, what was required and what was found.
#[test]
fn a_reason_says_what_was_required_and_found() {
    let world = World::new();
    let asked = TestRequest::hubs(&[1, 2]).with(|asked| {
        asked.held(1).chf_status = SmiStatus::Commissioned;
        asked.held(1).gpf_status = SmiStatus::Commissioned;
    });
    let [reason] = &asked.assess(&world).reasons[..] else { panic!("one reason") };
    assert_eq!((reason.label, reason.rule.id, reason.line), (ReasonLabel::NotPending, "RF/e", Some(3)));
    assert_eq!(reason.chf.unwrap().to_string(), "00-DB-55-00-00-00-00-04");
    assert_eq!(reason.text(), "required: CHF and GPF are Pending; found: CHF Commissioned, GPF Commissioned");
    assert_eq!(reason.code, ResponseCode::E5);
}

/// MP155-T1: the field is named; and an empty value fails this ground alone.
#[test]
fn mp155_t1_every_empty_mandatory_field_is_named() {
    let world = World::new();
    let asked = TestRequest::hubs(&[1, 2]).with(|asked| {
        let request = &mut asked.request;
        (request.hubs, request.location, request.redeliver_on, request.window) = (None, None, None, None);
        let line = &mut request.lines[0];
        (line.firmware_version, line.manufacturer, line.model) = (None, None, None);
        request.lines[1].chf = None;
        asked.facts.hubs[1] = None;
    });
    let assessment = asked.assess(&world);
    let named = assessment.reasons.iter().map(|reason| {
        let line = reason.line.map_or("request".to_owned(), |line| format!("line {line}"));
        format!("{} {line}, {}", reason.rule.id, reason.column.unwrap())
    });
    insta::assert_snapshot!(named.collect::<Vec<_>>().join("\n"), @r"
    RF/a request, hubs
    RF/a request, location
    RF/a request, redeliver_on
    RF/a request, window
    RF/a line 2, firmware_version
    RF/a line 2, device_manufacturer
    RF/a line 2, device_model
    RF/a line 3, chf_device_id
    ");
    assert!(assessment.reasons.iter().all(|reason| reason.label == ReasonLabel::MissingData));
}

/// MP155-T2: "given several, then all are listed together".
#[test]
fn mp155_t2_several_grounds_are_told_together_and_good_lines_can_be_had_back() {
    let world = World::new();
    let asked = TestRequest::hubs(&[1, 2, 3, 4, 5]).with(|asked| {
        asked.request.hubs = Some(9);
        asked.held(0).chf_status = SmiStatus::Suspended;
        asked.row(0).packaging = Packaging::Opened;
        asked.held(3).holder = None;
        asked.facts.hubs[3].as_mut().unwrap().open_order = Some(another_order());
    });
    assert_eq!(
        asked.labels(&world),
        [
            "COUNT_DIFFERS",
            "NOT_PENDING 2",
            "PACKAGING_OR_DAMAGE 2",
            "OTHER_USER 4",
            "WRONG_CSP_OR_FACILITY 4",
            "OTHER_USER 5",
            "IN_ANOTHER_ORDER 5",
        ]
    );
    let assessment = asked.assess(&world);
    let good = assessment.good_lines(&asked.request).iter().map(|line| line.line).collect::<Vec<_>>();
    assert_eq!(good, [3, 6]);
    // One check for each ground: what holds, and what does not with the lines that fail it.
    let checks = assessment
        .checks
        .iter()
        .map(|step| format!("{} {}: {}", step.rule.id, if step.holds { "holds" } else { "fails" }, step.saw));
    insta::assert_snapshot!("checks_of_a_request", checks.collect::<Vec<_>>().join("\n"));
}
