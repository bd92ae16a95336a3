//! The judgements of many ESMEs: those of a group are judged alike, and once.

use std::{collections::HashMap, sync::Arc};

use super::EsmeCount;
use crate::{
    domain::{AuxiliaryLoad, Device, EsmeGroup},
    rules::variants::Judgement,
};

/// The judgements of a search, by the count that it follows.
#[derive(Debug)]
pub(super) struct Judgements<'a> {
    count: &'a EsmeCount,
    made: HashMap<EsmeGroup, Arc<Judgement>>,
}

impl<'a> Judgements<'a> {
    /// The judgements of a search that begins.
    pub(super) fn by(count: &'a EsmeCount) -> Self {
        Self { count, made: HashMap::new() }
    }

    /// Judges an ESME; none of a Device that is not judged.
    pub(super) fn of(&mut self, esme: &Device, load: AuxiliaryLoad) -> Option<Arc<Judgement>> {
        let group = EsmeGroup::of(esme)?;
        if load != AuxiliaryLoad::None {
            // Its evidence names the HCALCS, so that it is no other one's.
            return Some(Arc::new(self.count.judge(&group, load)));
        }
        if let Some(made) = self.made.get(&group) {
            return Some(Arc::clone(made));
        }
        let judgement = Arc::new(self.count.judge(&group, load));
        self.made.insert(group, Arc::clone(&judgement));
        Some(judgement)
    }
}
