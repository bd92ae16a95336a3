//! The facts about the Communications Hubs of a batch (CSPM-N3), loaded for all hubs by a few queries.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use crate::{
    db::{Connection, StoreFault},
    domain::{
        CSPM_N3, CplFacts, Device, DeviceType, Eui64, HubFacts, HubNotification, HubOrigin, OrderedHub,
        reflash::{OrderHubState, OrderState, SmiUpdate},
    },
    store::{
        cpl::{self, ModelKey},
        device::{self, milestones},
        reflash::{self, OpenHub},
        user,
    },
};

/// The name of an import in the history's column `interface`.
const IMPORT: &str = "import";

/// Loads the facts of each of these hubs, in their order.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn load(
    connection: &mut Connection,
    hubs: &[HubNotification],
    smi_update: SmiUpdate,
) -> Result<Vec<HubFacts>, StoreFault> {
    let ids = hubs.iter().flat_map(|hub| [hub.chf, hub.gpf]).collect::<Vec<_>>();
    let mut occurrences = BTreeMap::<Eui64, usize>::new();
    // A set for each hub: the ID of a CHF that is its own GPF counts once.
    for id in hubs.iter().flat_map(|hub| BTreeSet::from([hub.chf, hub.gpf])) {
        *occurrences.entry(id).or_default() += 1;
    }
    let is_repeated = |id: &Eui64| occurrences.get(id).is_some_and(|number| *number > 1);
    let devices = device::find_all(connection, &ids)?;
    let devices = devices.into_iter().map(|device| (device.id, device)).collect::<BTreeMap<_, _>>();
    let claims = claims(connection, hubs)?;
    let origins = origins(connection, &devices)?;
    let receivers = hubs.iter().map(|hub| hub.receiving_user).collect::<BTreeSet<_>>();
    let receivers = user::known(connection, &receivers.into_iter().collect::<Vec<_>>())?;
    let models = models(connection, hubs)?;
    let chfs = hubs.iter().map(|hub| hub.chf).collect::<Vec<_>>();
    let open = reflash::open_hubs(connection, &chfs)?;
    let facts = hubs.iter().map(|hub| HubFacts {
        is_duplicated: [hub.chf, hub.gpf].iter().any(is_repeated),
        receiver_known: receivers.contains(&hub.receiving_user),
        model: models.get(&key_of(hub)).copied().unwrap_or(CplFacts::Absent),
        chf: devices.get(&hub.chf).cloned(),
        gpf: devices.get(&hub.gpf).cloned(),
        claimed_by: claims.get(&hub.gpf).and_then(|chfs| chfs.iter().find(|chf| **chf != hub.chf)).copied(),
        origin: origins.get(&hub.chf).copied(),
        order: open.get(&hub.chf).map_or(OrderedHub::OnNone, |open| ordered(open, smi_update)),
    });
    Ok(facts.collect())
}

/// What the open order of a hub means to a notification (N3/h, N3/i).
fn ordered(open: &OpenHub, smi_update: SmiUpdate) -> OrderedHub {
    let order = open.order;
    match smi_update {
        SmiUpdate::Ssmi => OrderedHub::BySsmi { order },
        SmiUpdate::N3 => {
            let in_work = matches!(open.state, OrderState::InWork | OrderState::Done);
            let may_be_told = matches!(open.hub.state, OrderHubState::Accepted | OrderHubState::Reflashed);
            let target = open.hub.target.clone().filter(|_| in_work && may_be_told);
            target.map_or(OrderedHub::OnNone, |target| OrderedHub::InWork { order, target })
        }
    }
}

/// Loads the CHFs that name the GPF of one of these hubs, by GPF.
fn claims(
    connection: &mut Connection,
    hubs: &[HubNotification],
) -> Result<BTreeMap<Eui64, Vec<Eui64>>, StoreFault> {
    let mut claims = BTreeMap::<Eui64, Vec<Eui64>>::new();
    let gpfs = hubs.iter().map(|hub| hub.gpf).collect::<Vec<_>>();
    for (gpf, chf) in device::chfs_with_gpf(connection, &gpfs)? {
        claims.entry(gpf).or_default().push(chf);
    }
    Ok(claims)
}

/// Loads the origin of each Device; none where the history does not have it.
fn origins(
    connection: &mut Connection,
    devices: &BTreeMap<Eui64, Device>,
) -> Result<BTreeMap<Eui64, HubOrigin>, StoreFault> {
    let known = devices.keys().copied().collect::<Vec<_>>();
    let origin = |joining: &milestones::Joining| match joining.interface.as_str() {
        CSPM_N3 => HubOrigin::CspmN3,
        IMPORT => HubOrigin::Import,
        _ => HubOrigin::Prenotification,
    };
    let joined = milestones::last_joined(connection, &known)?;
    Ok(joined.iter().map(|(id, joining)| (*id, origin(joining))).collect())
}

fn key_of(hub: &HubNotification) -> ModelKey {
    ModelKey::new(DeviceType::Chf, &hub.details())
}

/// Looks up each Device Model of these hubs on the Central Products List. A batch has few models, so each is one query.
fn models(
    connection: &mut Connection,
    hubs: &[HubNotification],
) -> Result<BTreeMap<ModelKey, CplFacts>, StoreFault> {
    let mut models = BTreeMap::new();
    for hub in hubs {
        if let Entry::Vacant(unknown) = models.entry(key_of(hub)) {
            let facts = cpl::facts(connection, unknown.key())?;
            unknown.insert(facts);
        }
    }
    Ok(models)
}
