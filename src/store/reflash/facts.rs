//! The facts about the hubs of a request, loaded for all of them by a few queries.

use std::collections::{BTreeMap, BTreeSet};

use super::hubs::open_orders;
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Device, DeviceType, Eui64, HubModel, PartySignifier, SmiStatus, StockRow,
        reflash::{HeldHub, NoHub, OrderNumber, ReflashRequest, RequestFacts, RequestedHub},
    },
    store::{
        device::{self, milestones},
        hub_stock, user,
    },
};

/// Loads the facts about a request. Orders but `own` count as other orders.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn load(
    connection: &mut Connection,
    request: &ReflashRequest,
    own: Option<OrderNumber>,
) -> Result<RequestFacts, StoreFault> {
    let locations = hub_stock::stock_locations(connection)?;
    let location = request.location.as_ref();
    let location = locations.iter().find(|listed| Some(&listed.id) == location).cloned();
    let sites = locations.into_iter().filter(|location| location.site().is_some()).collect();
    let chfs = request.lines.iter().filter_map(|line| line.chf).collect::<BTreeSet<_>>();
    let known = KnownHubs::load(connection, &chfs.into_iter().collect::<Vec<_>>(), own)?;
    Ok(RequestFacts {
        location,
        sites,
        firmware: hub_stock::firmware_list(connection)?.into_iter().collect(),
        hubs: request.lines.iter().map(|line| line.chf.map(|chf| known.hub(chf))).collect(),
    })
}

/// What the store knows of some hubs, by CHF or GPF.
struct KnownHubs {
    devices: BTreeMap<Eui64, Device>,
    gpfs: BTreeMap<Eui64, Device>,
    parties: BTreeMap<Eui64, PartySignifier>,
    installed: BTreeMap<Eui64, SmiStatus>,
    stock: BTreeMap<Eui64, StockRow>,
    open: BTreeMap<Eui64, OrderNumber>,
}

impl KnownHubs {
    fn load(
        connection: &mut Connection,
        chfs: &[Eui64],
        own: Option<OrderNumber>,
    ) -> Result<Self, StoreFault> {
        let by_id = |devices: Vec<Device>| devices.into_iter().map(|device| (device.id, device)).collect();
        let devices: BTreeMap<_, Device> = by_id(device::find_all(connection, chfs)?);
        let gpf_ids = devices.values().filter_map(|chf| chf.associated_gpf).collect::<Vec<_>>();
        let gpfs = by_id(device::find_all(connection, &gpf_ids)?);
        let holders = devices.values().filter_map(|chf| chf.pre_notified_by).collect::<BTreeSet<_>>();
        let holders = user::find_all(connection, &holders)?;
        let party = |(id, user): (Eui64, Option<crate::domain::User>)| {
            Some((id, user?.party_signifier.parse::<PartySignifier>().ok()?))
        };
        let mut open = open_orders(connection, chfs)?;
        open.retain(|_, order| Some(*order) != own);
        Ok(Self {
            parties: holders.into_iter().filter_map(party).collect(),
            installed: milestones::installed_before(connection, chfs)?,
            stock: hub_stock::stock_rows(connection, chfs)?,
            devices,
            gpfs,
            open,
        })
    }

    fn hub(&self, chf: Eui64) -> RequestedHub {
        RequestedHub {
            hub: self.held(chf),
            stock: self.stock.get(&chf).cloned(),
            open_order: self.open.get(&chf).copied(),
        }
    }

    fn held(&self, id: Eui64) -> Result<HeldHub, NoHub> {
        let chf = self.devices.get(&id).ok_or(NoHub::NotInTheSmi)?;
        if chf.device_type != DeviceType::Chf {
            return Err(NoHub::NotAChf);
        }
        if chf.is_smets1() {
            return Err(NoHub::Smets1);
        }
        let gpf = chf.associated_gpf.and_then(|gpf| self.gpfs.get(&gpf)).ok_or(NoHub::NoGpf)?;
        let (chf_status, gpf_status) = chf.status.zip(gpf.status).ok_or(NoHub::NotAChf)?;
        Ok(HeldHub {
            gpf: gpf.id,
            chf_status,
            gpf_status,
            was_installed: self.installed.get(&id).copied(),
            holder: chf.pre_notified_by.and_then(|user| self.parties.get(&user)).cloned(),
            region: chf.csp_region,
            firmware_version: chf.details.firmware_version.clone(),
            model: HubModel {
                manufacturer: chf.details.manufacturer.clone(),
                model: chf.details.model.clone(),
            },
        })
    }
}
