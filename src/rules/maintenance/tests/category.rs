//! Whether it is Planned Maintenance, and of which category.

use super::*;
use crate::domain::maintenance::StoppedService;

fn with(aspects: impl IntoIterator<Item = WindowAspect>) -> WindowPlan {
    WindowPlan { aspects: aspects.into_iter().collect(), ..plan("2026-03-18T20:00", "2026-03-18T21:00") }
}

/// The second statement of PM/c, from the words of SERVICE.md: a bit a column, in the order of [`WindowAspect::ALL`].
fn is_high(bits: u16, stops: bool) -> bool {
    let [communications, install, migrations, requests, top_ups, changes, ssi, _consumers, _systems] =
        std::array::from_fn(|bit| bits >> bit & 1 == 1);
    let heads = [communications, install, migrations, requests, top_ups].iter().filter(|head| **head).count();
    heads + usize::from(changes & !ssi) + usize::from(stops) > 0
}

/// PM/c, MP092-R1 to MP092-R4, MP092-R8, MP092-R25: every combination of the yes-or-no columns.
#[test]
fn pm_c_mp092_r2_r3_r4_r8_every_combination_of_columns_has_its_category() {
    assert_eq!(WindowAspect::ALL.len(), 9);
    for bits in 0..1_u16 << 9 {
        let aspects = (0..9).filter(|bit| bits >> bit & 1 == 1).map(|bit| WindowAspect::ALL[bit]);
        let columns = with(aspects);
        for stops in [false, true] {
            let stopped = stops.then_some(StoppedService::Deliveries);
            let columns = WindowPlan { stops: stopped.into_iter().collect(), ..columns.clone() };
            let follows = if is_high(bits, stops) { WindowCategory::High } else { WindowCategory::Low };
            for stated in [None, Some(WindowCategory::High), Some(WindowCategory::Low)] {
                let found = categorised(&WindowPlan { category: stated, ..columns.clone() });
                // High is the first of the two, and the more careful one.
                assert_eq!(
                    found.category,
                    follows.min(stated.unwrap_or(follows)),
                    "{bits:b} {stops} {stated:?}"
                );
                let is_understated = stated == Some(WindowCategory::Low) && follows == WindowCategory::High;
                assert_eq!(found.is_understated, is_understated, "{bits:b} {stops} {stated:?}");
            }
        }
    }
}

/// PM/b, PM/c, MP092-R5, MP092-R6, SERVICE.md 7/16.
#[test]
fn pm_b_mp092_r6_hubs_decide_whether_it_is_planned_maintenance() {
    let communications = |hubs| WindowPlan { hubs_affected: hubs, ..with([WindowAspect::Communications]) };
    let elsewhere = |hubs| WindowPlan { hubs_affected: hubs, ..with([WindowAspect::Ssi]) };
    for (plan, expected) in [
        (communications(Some(99_999)), Planning::NotPlanned),
        (communications(Some(100_000)), Planning::Planned),
        (communications(None), Planning::Undecided { missing: "hubs_affected" }),
        (elsewhere(Some(99_999)), Planning::NotPlanned),
        (elsewhere(Some(100_000)), Planning::Planned),
        (elsewhere(None), Planning::Planned),
        (WindowPlan { disruption: None, ..elsewhere(None) }, Planning::Undecided { missing: "disruption" }),
        (WindowPlan { disruption: Some(Disruption::Risk), ..elsewhere(None) }, Planning::Planned),
        (WindowPlan { disruption: Some(Disruption::Nothing), ..elsewhere(None) }, Planning::NotPlanned),
        (WindowPlan { kind: WindowKind::Emergency, ..elsewhere(None) }, Planning::NotPlanned),
    ] {
        assert_eq!(planning(&plan), expected, "{plan:?}");
    }
    let undecided = of_month("2026-03", [communications(None)]);
    assert_eq!(refusals(&undecided, IN_TIME), ["PM/b A: hubs_affected is missing"]);
    // No limit binds what is not Planned Maintenance.
    let long = WindowPlan {
        starts_at: at("2026-03-18T09:00:00Z"),
        ends_at: at("2026-03-18T19:00:00Z"),
        ..communications(Some(99_999))
    };
    let facts = of_month("2026-03", [long.clone(), long.clone(), long]);
    assert_eq!(refusals(&facts, IN_TIME), [""; 0]);
    assert_eq!(judged(&facts, IN_TIME, &MaintenanceSettings::default()).used, AllowanceUse::default());
}

/// PM/c, SERVICE.md 7/16.
#[test]
fn pm_c_mp092_r25_low_is_refused_where_top_ups_stop() {
    let low = WindowPlan { category: Some(WindowCategory::Low), ..with([WindowAspect::StopsTopUps]) };
    let found = refusals(&of_month("2026-03", [low]), IN_TIME);
    assert_eq!(found, ["PM/c A: Low is stated, High follows from stops_top_ups"]);
    let careful = WindowPlan { category: Some(WindowCategory::High), ..with([]) };
    assert_eq!(categorised(&careful).because, "category");
    assert_eq!(refusals(&of_month("2026-03", [careful]), IN_TIME), [""; 0]);
    let told = as_told(&with([WindowAspect::Ssi]), RuleSet::Mp092);
    assert_eq!(told.category, Some(WindowCategory::Low), "what is told has a category (MP092-R1)");
    assert_eq!(as_told(&told, RuleSet::Before).category, None, "PM/n: before the trial nothing has one");
}
