//! What each User may do with a Device now by SR 8.4: the engine decides each kind of change for each.

use crate::{
    domain::{CplFacts, CplStatus, Device, DeviceFacts, Eui64, Mpxn, ResponseCode, Role, Rule, User},
    rules::what_if::{ANY_OTHER_USER, ChangeKind, any_supplier, decide_change},
    service::{App, Fault},
    store::{self, Session},
};

/// The most Users of a table: a Device has few, unless its record is broken.
const MAX_USERS: usize = 20;

/// What each User may do with a Device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRights {
    /// The Users, in the order of the columns. The last stands for any other User.
    pub users: Vec<InterestedUser>,
    /// Whether there are more Users with an interest.
    pub is_cut: bool,
    /// The outcome of each kind of change, a column a User.
    pub changes: Vec<(ChangeKind, Vec<Outcome>)>,
}

/// A User, and what makes it one with an interest in a Device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterestedUser {
    /// The User; none for any User that has no interest in the Device.
    pub user: Option<Eui64>,
    /// Whether it pre-notified the Device.
    pub pre_notified: bool,
    /// The supply points by whose registration it is Responsible Supplier.
    pub supplies: Vec<(Role, Mpxn)>,
}

/// The outcome of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The code.
    pub code: ResponseCode,
    /// The rule that decided.
    pub rule: Option<&'static Rule>,
}

impl App {
    /// What each User may do with a Device now; none if it is not in the inventory. A Device Model that a change names is taken to be
    /// Active on the Central Products List, and an MPxN to have no Supplier of its own.
    ///
    /// # Errors
    /// When the store fails.
    pub fn device_rights(&self, id: Eui64) -> Result<Option<DeviceRights>, Fault> {
        let now = self.clock().now();
        let found = self.store().read::<_, Fault>(|connection| {
            let facts = store::device_facts(&mut Session::new(connection), id, now)?;
            let Some(facts) = facts else { return Ok(None) };
            let mut users = interested(&facts);
            let is_cut = users.len() > MAX_USERS;
            users.truncate(MAX_USERS);
            let mut known = Vec::new();
            for interested in &users {
                let user = interested.user.map(|user| store::find_user(connection, user)).transpose()?;
                known.push(user.flatten());
            }
            Ok(Some((*facts, users, known, is_cut)))
        })?;
        let Some((facts, mut users, mut known, is_cut)) = found else { return Ok(None) };
        users.push(InterestedUser { user: None, pre_notified: false, supplies: Vec::new() });
        known.push(Some(any_supplier(ANY_OTHER_USER)));
        let facts = DeviceFacts { resulting_model: CplFacts::Listed(CplStatus::Active), ..facts };
        let outcomes = |change: ChangeKind| {
            let outcomes = users.iter().zip(&known).filter_map(|(interested, user)| {
                let sender = (interested.user.unwrap_or(ANY_OTHER_USER), user.clone());
                self.outcome(change, &facts, sender)
            });
            (change, outcomes.collect())
        };
        let changes = ChangeKind::all().map(outcomes).collect();
        Ok(Some(DeviceRights { users, is_cut, changes }))
    }

    /// The outcome of a change; none where an invented value is malformed, which is a bug.
    fn outcome(
        &self,
        change: ChangeKind,
        facts: &DeviceFacts,
        sender: (Eui64, Option<User>),
    ) -> Option<Outcome> {
        let choices = self.choices();
        let settings = (choices.rules, &choices.codes);
        match decide_change(change, facts.clone(), sender, self.clock().now(), settings) {
            Ok(decision) => Some(Outcome { code: decision.code, rule: decision.decided_by() }),
            Err(fault) => {
                tracing::error!(%fault, %change, "change not decided");
                None
            }
        }
    }
}

/// The pre-notifier and the Responsible Suppliers of a Device, each once.
fn interested(facts: &DeviceFacts) -> Vec<InterestedUser> {
    let Device { pre_notified_by, .. } = facts.device;
    let new = |user| InterestedUser {
        user: Some(user),
        pre_notified: pre_notified_by == Some(user),
        supplies: Vec::new(),
    };
    let mut users = pre_notified_by.map(new).into_iter().collect::<Vec<_>>();
    for responsible in &facts.responsible {
        let supply = (responsible.role, responsible.mpxn.clone());
        match users.iter_mut().find(|known| known.user == Some(responsible.user)) {
            Some(known) => known.supplies.push(supply),
            None => users.push(InterestedUser { supplies: vec![supply], ..new(responsible.user) }),
        }
    }
    users
}
