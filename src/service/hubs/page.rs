//! The list of hubs in stock in pages: by the day until which they are of use, then group by group along the index.

use super::{HubBasis, ListFilter, ListedHub, facts::Lists};
use crate::{
    db::{Connection, StoreFault},
    domain::{Date, Device, Eui64, FreeText, HubModel, HubVersion, StockGroup},
    rules::hub_stock::StockFacts,
    store::{self, StockPlace},
};

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubPage {
    /// The hubs.
    pub hubs: Vec<ListedHub>,
    /// The last hub of the page, where more follow: the next page is asked for by it.
    pub next: Option<Eui64>,
    /// How many hubs fit altogether.
    pub all: u64,
}

/// A hub that is no place of the list: it is not in the SMI any more, or no hub that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchPlace;

/// Loads a page: the hubs behind that one, or the first ones.
///
/// # Errors
/// When the store fails.
pub fn hub_page(
    connection: &mut Connection,
    on: Date,
    filter: &ListFilter,
    basis: &HubBasis<'_>,
    (after, limit): (Option<Eui64>, u16),
) -> Result<Result<HubPage, NoSuchPlace>, StoreFault> {
    let lists = Lists::load(connection)?;
    let facts = lists.facts(on, basis);
    let mut groups = store::stock_groups(connection, StockPlace::Ignored)?;
    groups.retain(|group| filter.has_group(&facts, group));
    groups.sort_by_cached_key(|group| place(&facts, group));
    let all = groups.iter().map(|group| group.hubs).sum();
    let Some(begin) = begin(connection, &groups, after)? else { return Ok(Err(NoSuchPlace)) };
    let mut hubs = Vec::new();
    // One more than the page has shows whether another follows.
    let wanted = usize::from(limit) + 1;
    let mut last = after;
    for group in groups.iter().skip(begin) {
        let missing = u16::try_from(wanted - hubs.len()).unwrap_or(u16::MAX);
        hubs.extend(store::stocked_after(connection, group, last, missing)?);
        // The next group begins with its first hub.
        last = None;
        if hubs.len() >= wanted {
            break;
        }
    }
    let has_more = hubs.len() >= wanted;
    hubs.truncate(limit.into());
    let next = hubs.last().filter(|_| has_more).map(|hub| hub.chf);
    let hubs = hubs.into_iter().map(|hub| ListedHub::new(&facts, hub)).collect();
    Ok(Ok(HubPage { hubs, next, all }))
}

/// The place of a group in the list.
type Place = (bool, Option<Date>, bool, Option<String>, HubVersion, HubModel, Vec<Option<String>>);

fn place(facts: &StockFacts<'_>, group: &StockGroup) -> Place {
    let use_by = facts.row(&group.version).and_then(|row| row.use_by()).map(|use_by| use_by.day);
    let party = facts.parties.of(group.pre_notified_by).map(ToString::to_string);
    // What else tells groups apart, so that their order is always the same.
    let rest = vec![
        group.firmware.as_ref().map(ToString::to_string),
        group.region.map(|region| region.to_string()),
        group.han_variant.as_ref().map(ToString::to_string),
        group.pre_notified_by.map(|user| user.to_string()),
    ];
    (use_by.is_none(), use_by, party.is_none(), party, group.version.clone(), group.model.clone(), rest)
}

/// The group that a page begins in: that of the last hub of the page before. None where it is in no group.
fn begin(
    connection: &mut Connection,
    groups: &[StockGroup],
    after: Option<Eui64>,
) -> Result<Option<usize>, StoreFault> {
    let Some(after) = after else { return Ok(Some(0)) };
    let found = store::find_device(connection, after)?;
    Ok(found.and_then(|device| groups.iter().position(|group| is_of(group, &device))))
}

/// Whether a Device is, or would be, in that group: one that was installed meanwhile still tells the place.
fn is_of(group: &StockGroup, device: &Device) -> bool {
    let text = |text: Option<&FreeText>| text.map(ToString::to_string);
    group.pre_notified_by == device.pre_notified_by
        && group.model.manufacturer == device.details.manufacturer
        && group.model.model == device.details.model
        && group.firmware == device.details.firmware_version
        && group.version.chts == device.details.smets_chts_version
        && group.version.gbcs == device.gbcs_version
        && group.region == device.csp_region
        && text(group.han_variant.as_ref()) == text(device.han_variant.as_ref())
}
