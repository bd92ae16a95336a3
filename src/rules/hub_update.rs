//! The differences between a hub as it stands in the SMI and as an interface of the DCC tells it: CSPM-N3, SSMI.

use crate::domain::{Device, HUB_PARAMETERS, HubUpdate};

/// The parameters whose values differ.
pub(super) fn differences<'a>(from: &'a Device, to: &'a Device) -> impl Iterator<Item = HubUpdate> + 'a {
    let device = to.id;
    HUB_PARAMETERS.into_iter().filter_map(move |(field, parameter)| {
        // As text: the record of an update shows the values before and after.
        let (from, to) = (field.of(from), field.of(to));
        (from != to).then_some(HubUpdate { device, field, parameter, from, to })
    })
}
