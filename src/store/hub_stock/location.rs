//! Locations, `locations.csv`: rows, queries, and the lines of the file.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{CspRegion, HubLimit, LocationId, LocationUse, PartySignifier, ReflashSite, StockLocation},
    store::{
        csv::{Faults, Fields, Line, Sheet, refuse_duplicates},
        device::BATCH,
        stored::{Table, joined},
        table::stored_table,
    },
};

stored_table! {
    locations (location_id) {
        location_id -> Text,
        party_signifier -> Nullable<Text>,
        csp_regions -> Nullable<Text>,
        name -> Text,
        address -> Text,
        postcode -> Text,
        contact_email -> Text,
        max_hubs -> Nullable<BigInt>,
        hubs_per_month -> Nullable<BigInt>,
        deliveries_per_window -> Nullable<BigInt>,
    }
}

const TABLE: Table = Table("locations");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = locations, treat_none_as_default_value = false)]
struct LocationRow {
    location_id: String,
    party_signifier: Option<String>,
    csp_regions: Option<String>,
    name: String,
    address: String,
    postcode: String,
    contact_email: String,
    max_hubs: Option<i64>,
    hubs_per_month: Option<i64>,
    deliveries_per_window: Option<i64>,
}

impl From<&StockLocation> for LocationRow {
    fn from(location: &StockLocation) -> Self {
        let StockLocation { id, used_as, name, address, postcode, contact_email } = location;
        let (party, site) = match used_as {
            LocationUse::OfParty(party) => (Some(party), None),
            LocationUse::Site(site) => (None, Some(site)),
        };
        let limit =
            |of: fn(&ReflashSite) -> Option<HubLimit>| site.and_then(of).map(|limit| i64::from(limit.get()));
        Self {
            location_id: id.to_string(),
            party_signifier: party.map(ToString::to_string),
            csp_regions: site.map(|site| joined(&site.regions)),
            name: name.to_string(),
            address: address.to_string(),
            postcode: postcode.to_string(),
            contact_email: contact_email.to_string(),
            max_hubs: limit(|site| site.max_hubs),
            hubs_per_month: limit(|site| site.hubs_per_month),
            deliveries_per_window: limit(|site| site.deliveries_per_window),
        }
    }
}

impl TryFrom<LocationRow> for StockLocation {
    type Error = StoreFault;

    fn try_from(row: LocationRow) -> Result<Self, StoreFault> {
        let limit = |column, number: Option<i64>| {
            number.map(|number| TABLE.value(column, &number.to_string())).transpose()
        };
        let site = |regions: &str| {
            Ok::<_, StoreFault>(ReflashSite {
                regions: TABLE.list("csp_regions", regions)?,
                max_hubs: limit("max_hubs", row.max_hubs)?,
                hubs_per_month: limit("hubs_per_month", row.hubs_per_month)?,
                deliveries_per_window: limit("deliveries_per_window", row.deliveries_per_window)?,
            })
        };
        let used_as = match (&row.party_signifier, &row.csp_regions) {
            (Some(party), None) => LocationUse::OfParty(TABLE.value("party_signifier", party)?),
            (None, Some(regions)) => LocationUse::Site(site(regions)?),
            (None, None) | (Some(_), Some(_)) => {
                return Err(TABLE.corrupt("csp_regions", &"a location is a Party's, or a site with regions"));
            }
        };
        Ok(Self {
            id: TABLE.value("location_id", &row.location_id)?,
            used_as,
            name: TABLE.value("name", &row.name)?,
            address: TABLE.value("address", &row.address)?,
            postcode: TABLE.value("postcode", &row.postcode)?,
            contact_email: TABLE.value("contact_email", &row.contact_email)?,
        })
    }
}

/// One line of locations.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct LocationLine {
    location_id: String,
    party_signifier: String,
    csp_regions: String,
    name: String,
    address: String,
    postcode: String,
    contact_email: String,
    max_hubs: String,
    hubs_per_month: String,
    deliveries_per_window: String,
}

impl From<&StockLocation> for LocationLine {
    fn from(location: &StockLocation) -> Self {
        let row = LocationRow::from(location);
        let limit = |limit: Option<i64>| limit.map(|limit| limit.to_string()).unwrap_or_default();
        Self {
            location_id: row.location_id,
            party_signifier: row.party_signifier.unwrap_or_default(),
            csp_regions: row.csp_regions.unwrap_or_default(),
            name: row.name,
            address: row.address,
            postcode: row.postcode,
            contact_email: row.contact_email,
            max_hubs: limit(row.max_hubs),
            hubs_per_month: limit(row.hubs_per_month),
            deliveries_per_window: limit(row.deliveries_per_window),
        }
    }
}

impl Sheet for LocationLine {
    const COLUMNS: &'static [&'static str] = &[
        "location_id",
        "party_signifier",
        "csp_regions",
        "name",
        "address",
        "postcode",
        "contact_email",
        "max_hubs",
        "hubs_per_month",
        "deliveries_per_window",
    ];
    const REQUIRED: &'static [&'static str] =
        &["location_id", "name", "address", "postcode", "contact_email"];
    type Value = StockLocation;

    fn read(&self, fields: &mut Fields<'_>) -> Option<StockLocation> {
        let id = fields.required("location_id", &self.location_id);
        let used_as = self.used_as(fields);
        let name = fields.required("name", &self.name);
        let address = fields.required("address", &self.address);
        let postcode = fields.required("postcode", &self.postcode);
        let contact_email = fields.required("contact_email", &self.contact_email);
        Some(StockLocation {
            id: id?,
            used_as: used_as?,
            name: name?,
            address: address?,
            postcode: postcode?,
            contact_email: contact_email?,
        })
    }

    fn compare(lines: &[Line<StockLocation>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "location_id", |location| {
            Some((location.id.clone(), location.id.to_string()))
        });
    }
}

impl LocationLine {
    /// A location is a Party's, or a site with regions; limits are those of a site.
    fn used_as(&self, fields: &mut Fields<'_>) -> Option<LocationUse> {
        let party = fields.optional::<PartySignifier>("party_signifier", &self.party_signifier);
        let regions = self.regions(fields);
        let limits = [
            ("max_hubs", &self.max_hubs),
            ("hubs_per_month", &self.hubs_per_month),
            ("deliveries_per_window", &self.deliveries_per_window),
        ];
        let [max_hubs, hubs_per_month, deliveries_per_window] =
            limits.map(|(column, text)| fields.optional::<HubLimit>(column, text));
        match (party?, regions?) {
            (Some(party), regions) if regions.is_empty() => {
                let given = limits.into_iter().filter(|(_, text)| !text.is_empty()).collect::<Vec<_>>();
                for (column, text) in &given {
                    fields.fault(
                        column,
                        text,
                        format!("`{text}`, but only a site with csp_regions has limits"),
                    );
                }
                given.is_empty().then_some(LocationUse::OfParty(party))
            }
            (Some(party), _) => {
                let reason = format!("party_signifier is `{party}`, too: a location is a Party's, or a site");
                fields.fault("csp_regions", &self.csp_regions, reason);
                None
            }
            (None, regions) if regions.is_empty() => {
                let reason = "empty, as party_signifier is: a location is a Party's, or a site with regions";
                fields.fault("csp_regions", "", reason);
                None
            }
            (None, regions) => Some(LocationUse::Site(ReflashSite {
                regions,
                max_hubs: max_hubs?,
                hubs_per_month: hubs_per_month?,
                deliveries_per_window: deliveries_per_window?,
            })),
        }
    }

    fn regions(&self, fields: &mut Fields<'_>) -> Option<Vec<CspRegion>> {
        let regions = fields.list::<CspRegion>("csp_regions", &self.csp_regions)?;
        let other = regions.iter().find(|region| !CspRegion::WITH_COVERAGE.contains(region));
        if let Some(other) = other {
            let reason = format!("`{other}` is no region that a site serves");
            fields.fault("csp_regions", &self.csp_regions, reason);
            return None;
        }
        Some(regions)
    }
}

/// Loads every location, by ID.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn all(connection: &mut Connection) -> Result<Vec<StockLocation>, StoreFault> {
    let rows = locations::table.order(locations::location_id).select(LocationRow::as_select());
    rows.load(connection)?.into_iter().map(StockLocation::try_from).collect()
}

/// Finds a location.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn find(connection: &mut Connection, id: &LocationId) -> Result<Option<StockLocation>, StoreFault> {
    let row = locations::table.find(id.as_str()).select(LocationRow::as_select());
    row.get_result(connection).optional()?.map(StockLocation::try_from).transpose()
}

/// Puts another list in the place of all locations.
pub(super) fn replace(connection: &mut Connection, values: &[StockLocation]) -> Result<(), StoreFault> {
    diesel::delete(locations::table).execute(connection)?;
    for batch in values.chunks(BATCH) {
        let rows = batch.iter().map(LocationRow::from).collect::<Vec<_>>();
        insert_rows!(connection, locations::table, rows)?;
    }
    Ok(())
}
