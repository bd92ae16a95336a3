//! SMETS2+ ESMEs counted by Device Model, firmware version and variant, in ranges of the keys of Devices.

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Nullable, Text},
};

use crate::{
    db::{Connection, StoreFault},
    domain::{EsmeGroup, EsmeModel, Now, instant_text},
    store::{device_range::DeviceRange, stored::Table},
};

const TABLE: Table = Table("devices");

/// What is judged: SMETS2+ ESMEs that have a variant (MP125-R6), as [`EsmeGroup::of`] says. That it is an ESME is not asked again: the
/// table has no other Device with a variant.
pub(super) const JUDGED: &str = "devices.esme_variant IS NOT NULL AND devices.s1sp IS NULL \
    AND devices.csp_region IS DISTINCT FROM 'SMETS1'";

/// A variant without D on a Communications Hub with an HCALCS that is Whitelisted to Commissioned (EV/c).
pub(super) const BESIDE_HCALCS: &str = "devices.esme_variant NOT LIKE '%D%' AND EXISTS (SELECT 1 FROM devices hcalcs \
    WHERE hcalcs.chf_device_id = devices.chf_device_id AND hcalcs.device_type = 'HCALCS' \
    AND (hcalcs.status = 'Whitelisted' OR hcalcs.status = 'InstalledNotCommissioned' OR hcalcs.status = 'Commissioned'))";

/// What groups are divided by, beside what they are judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DivideBy {
    /// Nothing.
    Nothing,
    /// The Responsible Supplier now: of the Import MPAN; else, where that has none, of the secondary one; of the Export MPAN where there
    /// is no Import MPAN.
    Supplier(Now),
    /// The User that pre-notified them.
    PreNotifier,
    /// The SMI Status.
    Status,
}

impl DivideBy {
    /// The expression. An ESME has one Supplier here, whichever supply points it has: it is counted once.
    fn expression(self) -> String {
        match self {
            Self::Nothing => "CAST(NULL AS TEXT)".to_owned(),
            Self::PreNotifier => "devices.pre_notified_by".to_owned(),
            Self::Status => "devices.status".to_owned(),
            Self::Supplier(now) => {
                let import = supplier_of("devices.import_mpxn", "IN ('IS')", now);
                let secondary = supplier_of("devices.secondary_import_mpan", "IN ('IS')", now);
                let export = supplier_of("devices.export_mpan", "IN ('IS', 'ES')", now);
                format!(
                    "COALESCE({import}, {secondary}, CASE WHEN devices.import_mpxn IS NULL
                        AND devices.secondary_import_mpan IS NULL THEN {export} END)"
                )
            }
        }
    }
}

/// The User that is registered for that supply point now, in one of these roles.
fn supplier_of(mpxn: &str, roles: &str, now: Now) -> String {
    let now = instant_text(now.0);
    format!(
        "(SELECT registrations.user_id FROM registrations
        WHERE registrations.mpxn = {mpxn} AND registrations.role {roles}
        AND registrations.effective_from <= '{now}'
        AND (registrations.effective_to IS NULL OR registrations.effective_to > '{now}')
        ORDER BY registrations.role DESC, registrations.effective_from DESC LIMIT 1)"
    )
}

/// ESMEs that are judged alike, and counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CountedEsmes {
    /// What they are judged by.
    pub group: EsmeGroup,
    /// Whether an HCALCS is beside them, where that was asked.
    pub has_load: bool,
    /// What they are divided by; absent where they have no such value.
    pub division: Option<String>,
}

#[derive(QueryableByName)]
struct GroupRow {
    #[diesel(sql_type = Text)]
    device_manufacturer: String,
    #[diesel(sql_type = Text)]
    device_model: String,
    #[diesel(sql_type = Nullable<Text>)]
    firmware_version: Option<String>,
    #[diesel(sql_type = Text)]
    esme_variant: String,
    #[diesel(sql_type = Bool)]
    has_load: bool,
    #[diesel(sql_type = Nullable<Text>)]
    division: Option<String>,
    #[diesel(sql_type = BigInt)]
    esmes: i64,
}

/// The statement of [`count_esmes`]. It is SQLite's sorting of a range that takes most of its time: by what differs most first, and not
/// by what is the same in every row.
fn count_sql(by: DivideBy, with_hcalcs: bool) -> String {
    let load = if with_hcalcs { BESIDE_HCALCS } else { "1 = 0" };
    let mut groups = "2, 4, 3, 1".to_owned();
    if with_hcalcs {
        groups += ", 5";
    }
    if by != DivideBy::Nothing {
        groups += ", 6";
    }
    format!(
        "SELECT devices.device_manufacturer, devices.device_model, devices.firmware_version, devices.esme_variant,
            ({load}) AS has_load, {} AS division, COUNT(*) AS esmes
        FROM devices WHERE devices.device_id > $1 AND devices.device_id <= $2 AND {JUDGED}
        GROUP BY {groups}",
        by.expression()
    )
}

/// Counts the ESMEs of a range.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn count_esmes(
    connection: &mut Connection,
    range: &DeviceRange,
    by: DivideBy,
    with_hcalcs: bool,
) -> Result<Vec<(CountedEsmes, u64)>, StoreFault> {
    let query = sql_query(count_sql(by, with_hcalcs)).bind::<Text, _>(&range.after);
    let rows = query.bind::<Text, _>(&range.to).load::<GroupRow>(connection)?;
    let read = |row: GroupRow| {
        let group = EsmeGroup {
            model: EsmeModel {
                manufacturer: TABLE.value("device_manufacturer", &row.device_manufacturer)?,
                model: TABLE.value("device_model", &row.device_model)?,
            },
            firmware: TABLE.optional("firmware_version", row.firmware_version.as_deref())?,
            variant: TABLE.value("esme_variant", &row.esme_variant)?,
        };
        let counted = CountedEsmes { group, has_load: row.has_load, division: row.division };
        Ok((counted, row.esmes.unsigned_abs()))
    };
    rows.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::EsmeVariant;
    use crate::store::{
        next_range,
        testing::{TempStore, now, query_plan_without_scans, user_id},
    };

    /// Each read is of a range of keys, whatever the inventory holds.
    #[test]
    fn esmes_are_counted_along_the_keys_of_devices() {
        let temp = TempStore::with_fixtures();
        let divisions = [
            DivideBy::Nothing,
            DivideBy::Supplier(now("2026-01-01")),
            DivideBy::PreNotifier,
            DivideBy::Status,
        ];
        for by in divisions {
            for with_hcalcs in [false, true] {
                let statement = count_sql(by, with_hcalcs).replace("$1", "'0'").replace("$2", "'1'");
                let explain = |connection: &mut Connection| {
                    Ok::<_, StoreFault>(query_plan_without_scans(connection, &statement).join("\n"))
                };
                let plan = temp.store.read(explain).unwrap();
                let is_range =
                    plan.contains("(device_id>? AND device_id<?)") || plan.contains("devices_pkey");
                assert!(is_range, "{statement}\n{plan}");
                assert!(!plan.contains("SCAN devices") && !plan.contains("Seq Scan"), "{statement}\n{plan}");
                assert!(!with_hcalcs || plan.contains("devices_by_chf"), "{statement}\n{plan}");
            }
        }
    }

    /// MP125-R6; each ESME is counted once.
    #[test]
    fn mp125_r6_every_smets2_esme_of_a_range_is_counted_once() {
        let temp = TempStore::with_fixtures();
        let counted = |by| {
            let count = |connection: &mut Connection| {
                let range = next_range(connection, None)?;
                assert!(range.is_last && range.end.is_none());
                count_esmes(connection, &range, by, true)
            };
            temp.store.read(count).unwrap()
        };
        let shown = |(counted, esmes): &(CountedEsmes, u64)| {
            let division = counted.division.as_deref().unwrap_or("-");
            format!(
                "{} {} {division} {}: {esmes}",
                counted.group.model, counted.group.variant, counted.has_load
            )
        };
        let mut found = counted(DivideBy::Status).iter().map(shown).collect::<Vec<_>>();
        found.sort();
        insta::assert_snapshot!(found.join("\n"), @r"
        `Sample Meters` `SM-E1` A Decommissioned false: 1
        `Sample Meters` `SM-E1` A Pending false: 1
        `Sample Meters` `SM-E1` AD Commissioned false: 1
        `Sample Meters` `SM-E1` B InstalledNotCommissioned true: 1
        `Sample Meters` `SM-E1` C Suspended false: 1
        ");
        let of_suppliers = counted(DivideBy::Supplier(now("2026-02-01")));
        assert_eq!(of_suppliers.iter().map(|(_, esmes)| esmes).sum::<u64>(), 5);
        let of_first = of_suppliers.iter().filter(|(of, _)| of.division == Some(user_id(1).to_string()));
        assert_eq!(of_first.map(|(of, _)| of.group.variant).collect::<Vec<_>>(), [EsmeVariant::Ad]);
    }
}
