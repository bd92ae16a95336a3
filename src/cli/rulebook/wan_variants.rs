//! The WAN Variants of SR 12.1, as Table 3 of SEC Appendix I, Annex E, has them.

use serde::Serialize;

use crate::domain::{CspRegion, CspRelease, Now, Timestamp, WanTechnology, parse_date};

/// The table, its note, and the WAN Variants that it leaves out.
#[derive(Debug, Serialize)]
pub(super) struct WanVariants {
    pub(super) rows: Vec<WanVariantRow>,
    /// The note of Appendix I, E3.1, directly after the table (MP106-R12).
    pub(super) note: &'static str,
    /// WAN Variants that CSPs may send though the table leaves them out (MP106-R9).
    pub(super) outside_the_table: Vec<&'static str>,
}

/// One WAN Variant.
#[derive(Debug, Serialize)]
pub(super) struct WanVariantRow {
    pub(super) release_1_3: String,
    pub(super) release_2_0: String,
    pub(super) csp_region: &'static str,
}

const NOTE: &str = "CSPM-S1 and CSPM-S2 may return an Availability Date without a confirmed WAN Variant, from CSP South \
    & Central alone. The WAN Variant is then a single space, and Service Users read it as WAN Variant unknown: wherever \
    people read, it is shown as `Unknown`.";

/// The single space came with MP081, planned for November 2020 (MP106-D1); that it came on the first day is ours.
const MP081: &str = "2020-11-01";

/// The table as it was at the time of a test clock, or as it is now without one.
pub(super) fn at(clock: Option<Timestamp>) -> WanVariants {
    let is_before_mp081 =
        clock.is_some_and(|clock| parse_date(MP081).is_ok_and(|mp081| Now(clock).date() < mp081));
    let in_table = WanTechnology::ALL.iter().copied().filter(|technology| {
        let is_newest_name = technology.named_in(CspRelease::R2_0) == *technology;
        let is_there = *technology != WanTechnology::Space || !is_before_mp081;
        technology.is_in_table_3() && is_newest_name && is_there
    });
    // The space, which is not a name, is the last row.
    let (space, names): (Vec<_>, Vec<_>) =
        in_table.partition(|technology| *technology == WanTechnology::Space);
    let outside = WanTechnology::ALL.iter().filter(|technology| !technology.is_in_table_3());
    WanVariants {
        rows: names.into_iter().chain(space).map(row).collect(),
        note: NOTE,
        outside_the_table: outside.map(|technology| technology.as_str()).collect(),
    }
}

fn row(technology: WanTechnology) -> WanVariantRow {
    let shown = |release| match technology.named_in(release) {
        WanTechnology::Space => "`\" \"` (one space): WAN Variant unknown".to_owned(),
        named @ (WanTechnology::Standard420
        | WanTechnology::Variant450
        | WanTechnology::N420
        | WanTechnology::N450
        | WanTechnology::Cellular
        | WanTechnology::CellularMesh
        | WanTechnology::SpecialInstallationMesh
        | WanTechnology::NoCoverageIntended) => named.to_string(),
    };
    let csp_region = match (technology.suits(CspRegion::North), technology.suits(CspRegion::South)) {
        (true, true) => "N/A",
        (true, false) => "CSP North",
        (false, _) => "CSP South & Central",
    };
    WanVariantRow { release_1_3: shown(CspRelease::R1_3), release_2_0: shown(CspRelease::R2_0), csp_region }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MP106-T1, R7, R9, R12.
    #[test]
    fn the_table_is_the_sources() {
        let table = at(None);
        let rows = table
            .rows
            .iter()
            .map(|row| format!("{} | {} | {}", row.release_1_3, row.release_2_0, row.csp_region));
        insta::assert_snapshot!(rows.collect::<Vec<_>>().join("\n"), @r#"
        Standard 420 | 420 | CSP North
        Variant 450 | 450 | CSP North
        Cellular | Cellular | CSP South & Central
        Cellular+Mesh | Cellular+Mesh | CSP South & Central
        No Coverage Intended | No Coverage Intended | N/A
        `" "` (one space): WAN Variant unknown | `" "` (one space): WAN Variant unknown | CSP South & Central
        "#);
        assert_eq!(table.outside_the_table, ["Special Installation Mesh"]);
        assert!(table.note.contains("CSPM-S1 and CSPM-S2"), "{}", table.note);
    }

    /// MP106-D1.
    #[test]
    fn before_mp081_there_is_no_space() {
        let rows = |at: &str| super::at(at.parse().ok()).rows.len();
        assert_eq!((rows("2020-10-31T23:59:59Z"), rows("2020-11-01T00:00:00Z")), (5, 6));
    }
}
