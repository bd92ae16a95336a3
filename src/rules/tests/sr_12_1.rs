use super::*;

fn region(region: CspRegion, technology: WanTechnology, date: Option<&str>) -> RegionFacts {
    let coverage = Coverage {
        available: true,
        anticipated: date.map(|date| parse_date(date).unwrap()),
        technology,
        likelihood: ConnectivityLikelihood::High,
        auxiliary_equipment: None,
        additional_information: None,
    };
    RegionFacts::of_extract(region, Some(coverage), CoverageSource::UndatedExtract)
}

fn matrix(regions: Vec<RegionFacts>, unknown: WanUnknown) -> Decision {
    let place = PremisesKey::Uprn("1".parse().unwrap());
    let settings = RuleSettings { wan_unknown: unknown, ..RuleSettings::default() };
    decide_as(Body::RequestWanMatrix(place.clone()), Case::RequestWanMatrix(&place, regions), settings)
}

#[test]
fn sr_12_1_a_no_such_place() {
    assert_eq!(summary(&matrix(Vec::new(), WanUnknown::Word)), ("E120101", "SR12.1/a", false));
}

#[test]
fn sr_12_1_b_c_a_region_that_cannot_answer_says_so_and_the_others_answer() {
    let silent = RegionFacts::of_extract(CspRegion::North, None, CoverageSource::UndatedExtract);
    let central = region(CspRegion::Central, WanTechnology::Cellular, None);
    let Some(Payload::WanMatrix(_, answers)) =
        matrix(vec![silent.clone(), central], WanUnknown::Word).payload
    else {
        panic!("no matrix");
    };
    let codes =
        answers.iter().map(|answer| (answer.region.as_str(), answer.code.as_str())).collect::<Vec<_>>();
    assert_eq!(codes, [("North", "E120102"), ("Central", "I0")]);
    assert_eq!(summary(&matrix(vec![silent], WanUnknown::Word)), ("E120103", "SR12.1/c", false));
}

#[test]
fn sr_12_1_d_the_space_is_read_by_its_date() {
    let shown = |technology, date, unknown| {
        let Some(Payload::WanMatrix(_, answers)) =
            matrix(vec![region(CspRegion::North, technology, date)], unknown).payload
        else {
            panic!("no matrix");
        };
        let coverage = answers[0].coverage.clone().unwrap();
        (coverage.technology, coverage.available)
    };
    let date = Some("2027-01-01");
    assert_eq!(shown(WanTechnology::Space, date, WanUnknown::Word), ("Unknown", true));
    assert_eq!(shown(WanTechnology::Space, date, WanUnknown::Space), (" ", true));
    for unknown in WanUnknown::ALL {
        assert_eq!(shown(WanTechnology::Space, None, *unknown), ("No Coverage Intended", false));
        assert_eq!(shown(WanTechnology::NoCoverageIntended, date, *unknown), ("No Coverage Intended", true));
        assert_eq!(shown(WanTechnology::Standard420, None, *unknown), ("420", true));
        assert_eq!(shown(WanTechnology::Variant450, None, *unknown), ("450", true));
    }
}

/// MP106-R6, R9 and T1.
#[test]
fn sr_12_1_the_names_are_those_of_the_release_and_what_is_outside_table_3_is_said_to_be() {
    let decided = |technology, release| {
        let settings = RuleSettings { csp_release: release, ..RuleSettings::default() };
        let place = PremisesKey::Uprn("1".parse().unwrap());
        let regions = vec![region(CspRegion::North, technology, None)];
        decide_as(Body::RequestWanMatrix(place.clone()), Case::RequestWanMatrix(&place, regions), settings)
    };
    let shown = |technology, release| {
        let Some(Payload::WanMatrix(_, answers)) = decided(technology, release).payload else {
            panic!("no matrix");
        };
        answers[0].coverage.clone().unwrap().technology
    };
    for (before, since) in
        [(WanTechnology::Standard420, WanTechnology::N420), (WanTechnology::Variant450, WanTechnology::N450)]
    {
        for either in [before, since] {
            assert_eq!(shown(either, CspRelease::R1_3), before.as_str());
            assert_eq!(shown(either, CspRelease::R2_0), since.as_str());
        }
    }
    let outside = decided(WanTechnology::SpecialInstallationMesh, CspRelease::R2_0);
    let said = outside.steps.iter().find(|step| step.rule.id == "SR12.1/e").unwrap();
    assert_eq!(said.saw, "North: Special Installation Mesh is outside Table 3");
    let inside = decided(WanTechnology::Cellular, CspRelease::R2_0);
    assert!(inside.steps.iter().all(|step| step.rule.id != "SR12.1/e"));
}
