//! Pallets and cartons, and how many hubs are on them (RF/k, DV/f; MP155-R10).

use std::collections::BTreeMap;

use super::Circumstances;
use crate::domain::{
    PackageId,
    reflash::{Package, RequestLine, RequestedHub},
};

/// What a hub is packed in: what the line says, else what its stock row says.
pub fn package_of(line: &RequestLine, hub: Option<&RequestedHub>) -> Package {
    let of_stock = || hub.and_then(|hub| hub.stock.as_ref()).map(Package::of_stock);
    line.package.clone().or_else(of_stock).unwrap_or_default()
}

/// How many hubs are on each pallet and in each carton. Cartons of one name on two pallets are two.
#[derive(Debug, Default)]
pub(super) struct PackageCounts {
    pallets: BTreeMap<PackageId, u32>,
    cartons: BTreeMap<(Option<PackageId>, PackageId), u32>,
}

impl PackageCounts {
    pub(super) fn of(packages: impl Iterator<Item = Package>) -> Self {
        let mut counts = Self::default();
        for Package { pallet, carton } in packages {
            if let Some(carton) = carton {
                *counts.cartons.entry((pallet.clone(), carton)).or_default() += 1;
            }
            if let Some(pallet) = pallet {
                *counts.pallets.entry(pallet).or_default() += 1;
            }
        }
        counts
    }

    /// What is over its limit of the pallet and the carton that a hub is in; none where nothing is.
    pub(super) fn fault(&self, package: &Package, at: Circumstances<'_>) -> Option<String> {
        let over = |what: &str, id: &PackageId, count: Option<&u32>, limit: Option<u32>| {
            let (count, limit) = (count.copied().unwrap_or(0), limit?);
            (count > limit).then(|| format!("{what} {id} holds {count} hubs of at most {limit}"))
        };
        let Package { pallet, carton } = package;
        let of_pallet = pallet.as_ref().and_then(|pallet| {
            over("pallet", pallet, self.pallets.get(pallet), Some(at.settings.max_hubs_per_pallet))
        });
        let of_carton = carton.as_ref().and_then(|carton| {
            let count = self.cartons.get(&(pallet.clone(), carton.clone()));
            over("carton", carton, count, at.settings.max_hubs_per_carton)
        });
        let faults = of_pallet.into_iter().chain(of_carton).collect::<Vec<_>>();
        (!faults.is_empty()).then(|| faults.join("; "))
    }
}
