//! Who may correct a suspect: asked of the engine, as `smi explain --what-if` asks it (VARIANTS.md 2).

use std::collections::BTreeMap;

use super::{VariantBasis, VariantFault};
use crate::{
    domain::{DeviceFacts, Eui64, EvidenceKind, Now, User},
    rules::{
        rulebook::variants as rules,
        variants::Judgement,
        what_if::{ANY_OTHER_USER, ChangeKind, any_supplier, decide_change},
    },
};

/// Who may correct a suspect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correctable {
    /// The Users that may, by SR 8.4: the pre-notifier, or a Responsible Supplier. None where nobody may.
    pub by: Vec<Eui64>,
    /// The rule that decided it.
    pub rule: String,
    /// Whether it is the Device Model that seems wrong, and no SR 8.4 changes it: the DCC does, by its manual process (MP125-R13).
    pub is_manual: bool,
}

impl Correctable {
    /// For people: the Users, `nobody`, or `DCC` where it is the DCC's manual process.
    pub fn text(&self) -> String {
        match (self.by.as_slice(), self.is_manual) {
            ([], true) => "DCC".to_owned(),
            ([], false) => "nobody".to_owned(),
            (users, _) => users.iter().map(ToString::to_string).collect::<Vec<_>>().join(";"),
        }
    }
}

/// The Users of the SMI, by ID.
pub(super) type Users = BTreeMap<Eui64, User>;

/// Asks the engine who may correct the ESME: its variant, or where that is what seems wrong its Device Model.
pub(super) fn correctable(
    facts: &DeviceFacts,
    judgement: &Judgement,
    users: &Users,
    now: Now,
    basis: &VariantBasis<'_>,
) -> Result<Correctable, VariantFault> {
    let is_of_model = judgement.kind() == Some(EvidenceKind::Model);
    let kind = if is_of_model { ChangeKind::Model } else { ChangeKind::Variant };
    let asked = |user: Eui64, account: Option<User>| {
        decide_change(kind, facts.clone(), (user, account), now, (basis.rules, basis.codes))
    };
    let mut correctable = Correctable { by: Vec::new(), rule: String::new(), is_manual: false };
    for user in candidates(facts) {
        let decision = asked(user, users.get(&user).cloned())?;
        let rule = decision.decided_by().map_or("", |rule| rule.id);
        if decision.code.is_success() {
            correctable.by.push(user);
            rule.clone_into(&mut correctable.rule);
        } else if correctable.by.is_empty() {
            rule.clone_into(&mut correctable.rule);
        }
    }
    if correctable.rule.is_empty() {
        // There is neither a pre-notifier nor a Supplier. The rule that keeps everybody out is said all the same.
        let decision = asked(ANY_OTHER_USER, Some(any_supplier(ANY_OTHER_USER)))?;
        decision.decided_by().map_or("", |rule| rule.id).clone_into(&mut correctable.rule);
    }
    if is_of_model && correctable.by.is_empty() {
        rules::MODEL.id.clone_into(&mut correctable.rule);
        correctable.is_manual = true;
    }
    Ok(correctable)
}

/// The Users that the rules may allow it, the one whose refusal is said last.
fn candidates(facts: &DeviceFacts) -> Vec<Eui64> {
    let pre_notifier = facts.device.pre_notified_by;
    let mut suppliers = facts.responsible.iter().map(|supplier| supplier.user).collect::<Vec<_>>();
    suppliers.sort_unstable();
    suppliers.dedup();
    suppliers.retain(|user| Some(*user) != pre_notifier || !facts.device.is_pending_or_type_2());
    if facts.device.is_pending_or_type_2() {
        suppliers.extend(pre_notifier);
        return suppliers;
    }
    let others = pre_notifier.filter(|user| !suppliers.contains(user));
    others.into_iter().chain(suppliers).collect()
}
