//! The labels of a delivery: one for each pallet, each carton on none, and each hub in neither (MP155-R11).

use std::{collections::BTreeMap, fmt};

use crate::domain::{Eui64, PackageId, reflash::Package};

/// What a label is put on, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Labelled {
    /// A pallet.
    Pallet {
        /// Its ID.
        id: PackageId,
        /// How many hubs are on it, in cartons or not.
        hubs: usize,
    },
    /// A carton that lies on no pallet.
    Carton {
        /// Its ID.
        id: PackageId,
        /// How many hubs are in it.
        hubs: usize,
    },
    /// A hub that is in neither.
    Hub(Eui64),
}

impl fmt::Display for Labelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hubs_text = |hubs: usize| if hubs == 1 { "1 hub".to_owned() } else { format!("{hubs} hubs") };
        match self {
            Self::Pallet { id, hubs } => write!(f, "pallet {id}, {}", hubs_text(*hubs)),
            Self::Carton { id, hubs } => write!(f, "carton {id}, {}", hubs_text(*hubs)),
            Self::Hub(chf) => write!(f, "hub {chf}"),
        }
    }
}

/// One label of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// What it is put on.
    pub on: Labelled,
    /// Its number, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
}

impl Label {
    /// Which one it is: `2 of 5`.
    pub fn count(&self) -> String {
        format!("{} of {}", self.number, self.of)
    }
}

/// The labels of a delivery: pallets, then cartons, by their IDs, then hubs in their order.
pub fn labels<'a>(hubs: impl IntoIterator<Item = (Eui64, &'a Package)>) -> Vec<Label> {
    let (mut pallets, mut cartons) = (BTreeMap::<_, usize>::new(), BTreeMap::<_, usize>::new());
    let mut single = Vec::new();
    for (chf, package) in hubs {
        match package {
            Package { pallet: Some(pallet), .. } => *pallets.entry(pallet).or_default() += 1,
            Package { pallet: None, carton: Some(carton) } => *cartons.entry(carton).or_default() += 1,
            Package { pallet: None, carton: None } => single.push(Labelled::Hub(chf)),
        }
    }
    let pallets = pallets.into_iter().map(|(id, hubs)| Labelled::Pallet { id: id.clone(), hubs });
    let cartons = cartons.into_iter().map(|(id, hubs)| Labelled::Carton { id: id.clone(), hubs });
    let all = pallets.chain(cartons).chain(single).collect::<Vec<_>>();
    let of = all.len();
    (1..).zip(all).map(|(number, on)| Label { on, number, of }).collect()
}
