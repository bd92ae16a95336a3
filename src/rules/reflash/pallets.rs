//! The pallets of a delivery beside those of its order (DV/d; MP155-R14).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    PackageId,
    reflash::{DeliveredHub, Finding, FindingKind, ReceivedLine},
};

/// Every difference: a pallet that is not there, one that is not on the order, a hub that lies on another pallet than the order says.
pub(super) fn pallet_findings(lines: &[ReceivedLine], order: &[DeliveredHub]) -> Vec<Finding> {
    let delivered = lines.iter().filter_map(|line| line.package.pallet.as_ref()).collect::<BTreeSet<_>>();
    let ordered = order.iter().filter_map(|hub| hub.package.pallet.as_ref()).collect::<BTreeSet<_>>();
    let missing = ordered.difference(&delivered);
    let missing = missing.map(|pallet| Finding::new(FindingKind::PalletMissing, pallet.as_str()));
    let strange = delivered.difference(&ordered);
    let strange = strange.map(|pallet| Finding::new(FindingKind::PalletNotListed, pallet.as_str()));
    let expected = order.iter().map(|hub| (hub.chf, hub.package.pallet.as_ref())).collect::<BTreeMap<_, _>>();
    let moved = lines.iter().filter_map(|line| {
        let expected = *expected.get(&line.chf)?;
        let found = line.package.pallet.as_ref();
        let text =
            |pallet: Option<&PackageId>| pallet.map_or("no pallet".to_owned(), |id| format!("pallet {id}"));
        (found != expected).then(|| {
            let saw = format!("{} came on {}, the order has {}", line.chf, text(found), text(expected));
            Finding::new(FindingKind::OtherPallet, saw)
        })
    });
    missing.chain(strange).chain(moved).collect()
}
