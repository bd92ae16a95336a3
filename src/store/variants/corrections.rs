//! Corrections of variants by SR 8.4: the changes that its decisions carry, which are hashed with them.

use diesel::{
    dsl::max,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};

use crate::{
    db::{Connection, StoreFault},
    domain::{DeviceField, EsmeGroup, EsmeModel, EsmeVariant, Eui64, ServiceRequest, Timestamp},
    store::{
        counter::{self, Counter},
        decision::decisions,
        field_changes,
        stored::Table,
    },
};

/// The decisions of one range.
const RANGE: i64 = 20_000;

const TABLE: Table = Table("decisions");

/// A correction of an ESME's variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The ESME.
    pub device: Eui64,
    /// When.
    pub at: Timestamp,
    /// The variant before; absent where it had none.
    pub from: Option<EsmeVariant>,
    /// The variant since.
    pub to: Option<EsmeVariant>,
    /// What it is judged by today; absent where it is not judged, or is no more in the SMI.
    pub today: Option<EsmeGroup>,
}

#[derive(QueryableByName)]
struct CorrectionRow {
    #[diesel(sql_type = Text)]
    device_id: String,
    #[diesel(sql_type = Text)]
    decided_at: String,
    #[diesel(sql_type = Nullable<Text>)]
    changes: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    device_manufacturer: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    device_model: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    firmware_version: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    esme_variant: Option<String>,
}

/// The statement of [`corrections_between`].
fn corrections_sql() -> String {
    format!(
        "SELECT decisions.device_id, decisions.decided_at, decisions.changes, devices.device_manufacturer,
            devices.device_model, devices.firmware_version, devices.esme_variant
        FROM decisions LEFT JOIN devices ON devices.device_id = decisions.device_id
            AND devices.s1sp IS NULL AND (devices.csp_region IS NULL OR devices.csp_region <> 'SMETS1')
        WHERE decisions.id > $1 AND decisions.id <= $2 AND decisions.device_id IS NOT NULL
            AND decisions.service_reference_variant = '{}' AND decisions.changes LIKE '%\"{}\"%'
        ORDER BY decisions.id",
        ServiceRequest::UpdateInventory.variant(),
        DeviceField::EsmeVariant,
    )
}

/// Loads the corrections of the decisions behind this one, of one range. Returns the last decision of the range; none where no decision
/// is behind it.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn corrections_between(
    connection: &mut Connection,
    after: i64,
) -> Result<(Vec<Correction>, Option<i64>), StoreFault> {
    let newest = decisions::table.select(max(decisions::id)).get_result::<Option<i64>>(connection)?;
    let Some(newest) = newest.filter(|newest| *newest > after) else { return Ok((Vec::new(), None)) };
    // Purged decisions leave a gap, which is not walked through.
    let first = decisions::table.filter(decisions::id.gt(after)).order(decisions::id).select(decisions::id);
    let first = first.first::<i64>(connection)?;
    let to = (first + RANGE - 1).min(newest);
    let query = sql_query(corrections_sql()).bind::<BigInt, _>(after).bind::<BigInt, _>(to);
    let rows = query.load::<CorrectionRow>(connection)?;
    let corrections = rows.into_iter().map(correction).collect::<Result<Vec<_>, _>>()?;
    Ok((corrections.into_iter().flatten().collect(), Some(to)))
}

fn correction(row: CorrectionRow) -> Result<Option<Correction>, StoreFault> {
    let fields = field_changes::from_json(TABLE, row.changes.as_deref())?;
    let Some(change) = fields.into_iter().find(|change| change.field == DeviceField::EsmeVariant) else {
        return Ok(None);
    };
    let variant = TABLE.optional("esme_variant", row.esme_variant.as_deref())?;
    let names = row.device_manufacturer.zip(row.device_model).zip(variant);
    let group = |((manufacturer, model), variant): ((String, String), EsmeVariant)| {
        Ok::<_, StoreFault>(EsmeGroup {
            model: EsmeModel {
                manufacturer: TABLE.value("device_manufacturer", &manufacturer)?,
                model: TABLE.value("device_model", &model)?,
            },
            firmware: TABLE.optional("firmware_version", row.firmware_version.as_deref())?,
            variant,
        })
    };
    Ok(Some(Correction {
        device: TABLE.value("device_id", &row.device_id)?,
        at: TABLE.instant("decided_at", &row.decided_at)?,
        from: TABLE.optional("changes", change.before.as_deref())?,
        to: TABLE.optional("changes", change.after.as_deref())?,
        today: names.map(group).transpose()?,
    }))
}

/// The instant before which not every correction is kept; none where all are.
///
/// # Errors
/// When the database fails.
pub fn decisions_kept(connection: &mut Connection) -> Result<Option<Timestamp>, StoreFault> {
    let mut until = |counter| -> Result<Option<Timestamp>, StoreFault> {
        let until = counter::read(connection, counter)?;
        Ok(until.and_then(|until| Timestamp::from_millisecond(until).ok()))
    };
    Ok(until(Counter::UnknownBefore)?.max(until(Counter::PurgedBefore)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{TempStore, query_plan_without_scans};

    /// A range of the key, and each Device by its own.
    #[test]
    fn corrections_are_found_along_the_keys_of_decisions() {
        let temp = TempStore::with_fixtures();
        let statement = corrections_sql().replace("$1", "1").replace("$2", "2");
        let explain = |connection: &mut Connection| {
            Ok::<_, StoreFault>(query_plan_without_scans(connection, &statement).join("\n"))
        };
        let plan = temp.store.read(explain).unwrap();
        let is_range = plan.contains("(rowid>? AND rowid<?)") || plan.contains("decisions_pkey");
        assert!(is_range && !plan.contains("SCAN") && !plan.contains("Seq Scan"), "{plan}");
    }
}
