//! One hub: its record, what the Applicability Tables say of it on a day, where it lies, and how old its firmware is.

use super::facts::Lists;
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Band, Date, Device, DeviceType, Eui64, FirmwareVersion, Generation, HubModel, StockRow, TsatVersion,
        tsat::{Baseline, RowKey, UseBy, Verdict},
    },
    store,
};

/// What is known of a hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubRecord {
    /// The CHF.
    pub device: Device,
    /// Its Party; absent where it is not known.
    pub party: Option<String>,
    /// Its band.
    pub band: Option<Band>,
    /// The day it is judged on.
    pub on: Date,
    /// The version of the tables in force.
    pub table: Option<TsatVersion>,
    /// Its row there.
    pub row: Option<RowKey>,
    /// The answers.
    pub verdict: Verdict,
    /// Until when it is of use in stock.
    pub use_by: Option<UseBy>,
    /// Where it lies.
    pub stock: Option<StockRow>,
    /// How old its firmware is.
    pub generation: Generation,
    /// The newest firmware of its model in production.
    pub newest: Option<FirmwareVersion>,
}

/// Looks up a hub by the ID of its CHF; none where there is no such CHF.
///
/// # Errors
/// When the store fails.
pub fn hub_record(
    connection: &mut Connection,
    chf: Eui64,
    on: Date,
) -> Result<Option<HubRecord>, StoreFault> {
    let device = store::find_device(connection, chf)?;
    let Some(device) = device.filter(|device| device.device_type == DeviceType::Chf) else {
        return Ok(None);
    };
    let lists = Lists::load(connection)?;
    let judgement = lists.tables.judge(&Baseline::of(&device), on, on, false);
    let (manufacturer, model) = (device.details.manufacturer.clone(), device.details.model.clone());
    let model = HubModel { manufacturer, model };
    Ok(Some(HubRecord {
        party: lists.parties.of(device.pre_notified_by).map(ToString::to_string),
        band: device.han_variant.as_ref().map(|variant| Band::of_variant(variant.as_str())),
        on,
        table: judgement.table.map(|table| table.version().clone()),
        row: judgement.row.map(|row| row.key().clone()),
        use_by: judgement.row.and_then(|row| row.use_by()),
        verdict: judgement.verdict,
        stock: store::stock_place_of(connection, chf)?,
        generation: lists.firmware.generation(&model, device.details.firmware_version.as_ref(), on),
        newest: lists.firmware.newest(&model, on).map(|newest| newest.firmware.clone()),
        device,
    }))
}
