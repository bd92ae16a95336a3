//! The Users that play the roles of the scenarios.
//!
//! A scenario names its Users by EUI-64, in requests, data and expected answers alike, and may give them roles. Where
//! there is no valid key for one of them, another User plays its role: its EUI-64 is put in the place of the first in
//! every file. So a key store whose certificates have partly expired still plays every scenario.

use std::{collections::BTreeMap, fmt};

use super::{RequestTemplate, Scenario, ScenarioFiles, ScenarioStep, Signing, StepAction};
use crate::{
    domain::{Eui64, Now},
    duis::signature::{Certificate, Signer, TrustStore, USER_XML_SIGN},
    tools::client,
};

/// The Users that play, by role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Players(BTreeMap<String, Player>);

/// The User that plays a role.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Player {
    /// The User of the scenario.
    of_scenario: Eui64,
    /// The User that plays it.
    user: Eui64,
    /// Why it is another, where nobody chose it.
    reason: Option<String>,
}

/// Why roles cannot be played so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlayersFault {
    /// No scenario has the role.
    #[error("no scenario has the role `{role}`; there are {known}")]
    UnknownRole {
        /// The role.
        role: String,
        /// The roles that there are.
        known: String,
    },
    /// One role has two Users.
    #[error("the role `{0}` is given twice")]
    RoleTwice(String),
    /// Two roles have the same User, and a scenario would no longer say what it says.
    #[error("{0} would play two roles")]
    UserTwice(Eui64),
    /// A role has another User in another scenario, or a User another role.
    #[error("`{role}` and {user} do not belong together in every scenario")]
    AtOdds {
        /// The role.
        role: String,
        /// The User.
        user: Eui64,
    },
    /// The DCC answers requests, and sends none.
    #[error("{0} is the DCC, which plays no User")]
    Dcc(Eui64),
}

/// The roles of all scenarios. A role has one User and a User one role, as one takes the place of the other in all files.
fn roles_of(scenarios: &[Scenario]) -> Result<BTreeMap<String, Eui64>, PlayersFault> {
    let mut roles = BTreeMap::<String, Eui64>::new();
    for (role, user) in scenarios.iter().flat_map(|scenario| &scenario.roles) {
        if roles.iter().any(|(known, its)| (known == role) != (its == user)) {
            return Err(PlayersFault::AtOdds { role: role.clone(), user: *user });
        }
        roles.insert(role.clone(), *user);
    }
    Ok(roles)
}

/// What Users are chosen from, and for what.
struct Choice<'a> {
    scenarios: &'a [Scenario],
    trust: &'a TrustStore,
    dcc: Eui64,
    now: Now,
}

impl Players {
    /// Those of `chosen`; else the scenario's own User where its key is valid; else another whose key is; else its own.
    ///
    /// # Errors
    /// When `chosen` does not fit the scenarios.
    pub fn choose(
        scenarios: &[Scenario],
        chosen: &[(String, Eui64)],
        (trust, dcc, now): (&TrustStore, Eui64, Now),
    ) -> Result<Self, PlayersFault> {
        let choice = Choice { scenarios, trust, dcc, now };
        let roles = roles_of(scenarios)?;
        let mut players = Self::default();
        for (role, user) in chosen {
            let of_scenario = *roles.get(role).ok_or_else(|| unknown_role(role, &roles))?;
            if players.0.contains_key(role) {
                return Err(PlayersFault::RoleTwice(role.clone()));
            }
            if *user == dcc {
                return Err(PlayersFault::Dcc(dcc));
            }
            choice.add(&mut players, role, Player { of_scenario, user: *user, reason: None })?;
        }
        let (own, others) = roles
            .iter()
            .filter(|(role, _)| !chosen.iter().any(|(chosen, _)| chosen == *role))
            .partition::<Vec<_>, _>(|(role, user)| {
                !choice.plays_beside(&players, role, **user) && choice.is_valid(**user)
            });
        for (role, user) in own {
            choice.add(&mut players, role, Player { of_scenario: *user, user: *user, reason: None })?;
        }
        for (role, user) in others {
            let player = choice.other_than(*user, role, &players);
            choice.add(&mut players, role, player)?;
        }
        Ok(players)
    }

    /// The files with the Users that play in the place of those of the scenarios.
    pub fn put_into(&self, files: &ScenarioFiles) -> ScenarioFiles {
        let pairs = self.0.values().map(|player| (player.of_scenario, player.user));
        files.map(|text| exchanged(text, &pairs.clone().collect::<Vec<_>>()))
    }

    /// An answer to a scenario with the scenario's own Users again.
    pub fn take_out_of(&self, answer: &str, scenario: &Scenario) -> String {
        let players = self.0.iter().filter(|(role, _)| scenario.roles.contains_key(*role));
        let pairs = players.map(|(_, player)| (player.user, player.of_scenario));
        exchanged(answer, &pairs.collect::<Vec<_>>())
    }

    /// A sentence for each role that another User plays than the scenario's.
    pub fn changes(&self) -> impl Iterator<Item = String> {
        let changed = self.0.iter().filter(|(_, player)| player.user != player.of_scenario);
        changed.map(|(role, Player { of_scenario, user, reason })| match reason {
            Some(reason) => {
                format!("`{role}` is played by {user}: {reason} (--user {role}=EUI64 chooses another)")
            }
            None => format!("`{role}` is played by {user} instead of {of_scenario}"),
        })
    }
}

/// Every role and its User.
impl fmt::Display for Players {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let roles = self.0.iter().map(|(role, player)| format!("{role} {}", player.user));
        f.write_str(&roles.collect::<Vec<_>>().join(", "))
    }
}

impl Choice<'_> {
    fn add(&self, players: &mut Players, role: &str, player: Player) -> Result<(), PlayersFault> {
        if self.plays_beside(players, role, player.user) {
            return Err(PlayersFault::UserTwice(player.user));
        }
        players.0.insert(role.to_owned(), player);
        Ok(())
    }

    /// The scenarios that have that role.
    fn with(&self, role: &str) -> impl Iterator<Item = &Scenario> {
        self.scenarios.iter().filter(move |scenario| scenario.roles.contains_key(role))
    }

    /// Whether that User plays another role of a scenario with this one.
    fn plays_beside(&self, players: &Players, role: &str, user: Eui64) -> bool {
        let mut others = self.with(role).flat_map(|scenario| scenario.roles.keys());
        others.any(|other| players.0.get(other).is_some_and(|player| other != role && player.user == user))
    }

    fn is_valid(&self, user: Eui64) -> bool {
        client::signer(self.trust, user, self.now).is_ok_and(|signer| signer.is_valid_at(self.now.0))
    }

    /// A User with a valid key that has no part yet in the scenarios of that role, in the place of that one.
    fn other_than(&self, user: Eui64, role: &str, players: &Players) -> Player {
        let valid =
            self.trust.signers().filter(|signer| signer.is_valid_at(self.now.0)).map(Signer::certificate);
        let free = valid.filter(|certificate| {
            let eui = certificate.eui();
            let has_part = self.plays_beside(players, role, eui);
            eui != self.dcc && !has_part && !self.with(role).any(|scenario| stands_in(scenario, eui))
        });
        let ranked = free.filter_map(|certificate| Some((rank(certificate)?, certificate.eui())));
        let found = ranked.min_by_key(|(rank, eui)| (*rank, eui.octets())).map(|(_, eui)| eui);
        let reason = match client::signer(self.trust, user, self.now) {
            _ if self.plays_beside(players, role, user) => format!("{user} plays another role"),
            Err(fault) => fault.to_string(),
            // With the validity check off, there is a signer whose certificate is not valid.
            Ok(_) => format!("the certificate of {user} is not valid now"),
        };
        Player { of_scenario: user, user: found.unwrap_or(user), reason: Some(reason) }
    }
}

/// Whether a scenario names an organisation that has no role in it.
fn stands_in(scenario: &Scenario, eui: Eui64) -> bool {
    let text = eui.to_string();
    let is_sent_by = |step: &ScenarioStep| match &step.action {
        StepAction::Send(send) => match &send.message {
            RequestTemplate::Parts { sender, .. } => {
                *sender == eui || matches!(send.signing, Signing::SignedBy(other) if other == eui)
            }
            RequestTemplate::Whole(request) => request.contains(&text),
        },
        StepAction::Import { csv, .. } => csv.contains(&text),
        StepAction::Notify(step) => step.hubs.contains(&text),
        StepAction::Call(step) => step.path.contains(&text) || step.body.contains(&text),
        StepAction::Repeat(_) | StepAction::Event { .. } | StepAction::Clock(_) => false,
    };
    !scenario.roles.values().any(|user| *user == eui)
        && (scenario.given.iter().chain(&scenario.steps).any(is_sent_by)
            || scenario.needs.imports.iter().any(|(_, csv)| csv.contains(&text)))
}

/// How well a certificate suits a User that signs messages, the least best: one for messages, a Supplier's or network
/// party's, another User's. Those of the DCC, of CSPs and for recovery do not.
fn rank(certificate: &Certificate) -> Option<u8> {
    match certificate.role() {
        Some(USER_XML_SIGN) => Some(0),
        Some(0x02 | 0x03) => Some(1),
        Some(0x08 | 0x7F) => Some(2),
        Some(_) | None => None,
    }
}

fn unknown_role(role: &str, roles: &BTreeMap<String, Eui64>) -> PlayersFault {
    let known = roles.keys().map(|role| format!("`{role}`")).collect::<Vec<_>>().join(", ");
    PlayersFault::UnknownRole { role: role.to_owned(), known }
}

/// The text with the second of each pair in the place of the first. All at once: two may change places.
fn exchanged(text: &str, pairs: &[(Eui64, Eui64)]) -> String {
    let lower = text.to_ascii_lowercase();
    let mut places = Vec::new();
    for (from, to) in pairs.iter().filter(|(from, to)| from != to) {
        let (from, to) = (from.to_string().to_ascii_lowercase(), to.to_string());
        places.extend(lower.match_indices(&from).map(|(at, _)| (at, to.clone())));
    }
    places.sort();
    let (mut out, mut copied) = (String::with_capacity(text.len()), 0);
    for (at, to) in places {
        out.push_str(text.get(copied..at).unwrap_or_default());
        out.push_str(&to);
        copied = at + to.len();
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{
        duis::signature::{
            ValidityCheck,
            pki::{self, USERS},
        },
        tools::conform::read,
    };

    const SUPPLIER_1: Eui64 = USERS[0].1;
    const SUPPLIER_2: Eui64 = USERS[1].1;
    const OTHER: Eui64 = USERS[3].1;

    fn now() -> Now {
        Now("2026-06-01T00:00:00Z".parse().unwrap())
    }

    /// The keys of a test PKI; those of the named Users ended in 2020.
    fn trust(expired: &[&str], validity: ValidityCheck) -> TrustStore {
        let (dir, old) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        pki::init(dir.path(), now().0).unwrap();
        pki::init(old.path(), "2010-01-01T00:00:00Z".parse().unwrap()).unwrap();
        for name in expired {
            for file in [format!("{name}.pem"), format!("{name}.key")] {
                fs::copy(old.path().join(&file), dir.path().join(&file)).unwrap();
            }
        }
        let mut trust = TrustStore::new(validity);
        trust.load_folder(dir.path()).unwrap();
        trust
    }

    fn chosen(trust: &TrustStore, chosen: &[(&str, Eui64)]) -> Result<Players, PlayersFault> {
        let chosen = chosen.iter().map(|(role, user)| ((*role).to_owned(), *user)).collect::<Vec<_>>();
        Players::choose(&read(&ScenarioFiles::embedded()).unwrap(), &chosen, (trust, pki::DCC, now()))
    }

    fn shown(players: &Result<Players, PlayersFault>) -> String {
        match players {
            Ok(players) => format!("{players}\n{}", players.changes().collect::<Vec<_>>().join("\n")),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn the_own_users_play_while_their_keys_are_valid() {
        let players = chosen(&trust(&[], ValidityCheck::Enforced), &[]);
        insta::assert_snapshot!(shown(&players), @"gaining 90-B3-D5-1F-30-03-00-00, installing 90-B3-D5-1F-30-01-00-00, network 90-B3-D5-1F-30-02-00-00, unknown 00-DB-12-34-56-78-00-04");
        let files = ScenarioFiles::embedded();
        assert_eq!(players.unwrap().put_into(&files), files);
    }

    #[test]
    fn every_user_of_the_scenarios_that_come_with_the_program_has_a_role() {
        for scenario in read(&ScenarioFiles::embedded()).unwrap() {
            for (_, user) in USERS {
                assert!(!stands_in(&scenario, user), "{}: {user}", scenario.id);
            }
        }
    }

    /// `unknown` has no part where `gaining` has one, so that one User plays both.
    #[test]
    fn another_plays_whose_key_is_valid() {
        for validity in [ValidityCheck::Enforced, ValidityCheck::Off] {
            let players = chosen(&trust(&["supplier-2"], validity), &[]).unwrap();
            assert_eq!(players.0["gaining"].user, OTHER, "{players}");
            assert_eq!(players.0["unknown"].user, OTHER, "{players}");
        }
        let players = chosen(&trust(&["supplier-2"], ValidityCheck::Enforced), &[]);
        insta::assert_snapshot!(players.unwrap().changes().next().unwrap(), @"`gaining` is played by 00-DB-12-34-56-78-00-04: the certificate of 90-B3-D5-1F-30-03-00-00 held until 2020-01-01T00:00:00.000Z, and `trust.check_validity` is on (--user gaining=EUI64 chooses another)");
    }

    #[test]
    fn where_none_is_left_the_own_user_stays() {
        let expired = ["supplier-2", "other-user", "network-operator"];
        let players = chosen(&trust(&expired, ValidityCheck::Enforced), &[]).unwrap();
        assert_eq!(players.0["gaining"].user, SUPPLIER_2, "{players}");
        assert_eq!(players.changes().count(), 0);
    }

    #[test]
    fn who_plays_is_chosen() {
        let trust = trust(&[], ValidityCheck::Enforced);
        let swapped = chosen(&trust, &[("gaining", SUPPLIER_1), ("installing", SUPPLIER_2)]);
        insta::assert_snapshot!(shown(&swapped), @r"
        gaining 90-B3-D5-1F-30-01-00-00, installing 90-B3-D5-1F-30-03-00-00, network 90-B3-D5-1F-30-02-00-00, unknown 00-DB-12-34-56-78-00-04
        `gaining` is played by 90-B3-D5-1F-30-01-00-00 instead of 90-B3-D5-1F-30-03-00-00
        `installing` is played by 90-B3-D5-1F-30-03-00-00 instead of 90-B3-D5-1F-30-01-00-00
        ");
        // The own User of `installing` plays another role beside it: one that is free takes its place.
        let taken = chosen(&trust, &[("gaining", SUPPLIER_1)]).unwrap();
        assert!(![SUPPLIER_1].contains(&taken.0["installing"].user), "{taken}");
        let faults = [
            chosen(&trust, &[("losing", OTHER)]),
            chosen(&trust, &[("gaining", OTHER), ("gaining", OTHER)]),
            chosen(&trust, &[("gaining", OTHER), ("installing", OTHER)]),
            chosen(&trust, &[("gaining", pki::DCC)]),
        ];
        insta::assert_snapshot!(faults.iter().map(shown).collect::<Vec<_>>().join("\n"), @r"
        no scenario has the role `losing`; there are `gaining`, `installing`, `network`, `unknown`
        the role `gaining` is given twice
        00-DB-12-34-56-78-00-04 would play two roles
        90-B3-D5-1F-30-00-00-02 is the DCC, which plays no User
        ");
    }

    #[test]
    fn a_role_is_that_of_one_user() {
        let scenario = |name: &str, role: &str, user: Eui64| {
            let toml = format!(
                "id = \"{name}\"\ntitle = \"x\"\nproves = [\"Y\"]\nstep = []\n[roles]\n{role} = \"{user}\"\n"
            );
            (format!("{name}.toml"), toml)
        };
        for other in [("gaining", SUPPLIER_2), ("losing", SUPPLIER_1)] {
            let files = [scenario("a", "gaining", SUPPLIER_1), scenario("b", other.0, other.1)];
            let scenarios = read(&ScenarioFiles::from_iter(files)).unwrap();
            let from = (&TrustStore::default(), pki::DCC, now());
            let fault = Players::choose(&scenarios, &[], from).unwrap_err().to_string();
            assert_eq!(
                fault,
                format!("`{}` and {} do not belong together in every scenario", other.0, other.1)
            );
        }
    }

    #[test]
    fn texts_go_there_and_back() {
        let trust = trust(&[], ValidityCheck::Enforced);
        let players = chosen(&trust, &[("gaining", SUPPLIER_1), ("installing", SUPPLIER_2)]).unwrap();
        let text = format!("{SUPPLIER_1},{SUPPLIER_2},{}", SUPPLIER_1.to_string().to_lowercase());
        let pairs = [(SUPPLIER_1, SUPPLIER_2), (SUPPLIER_2, SUPPLIER_1)];
        assert_eq!(exchanged(&text, &pairs), format!("{SUPPLIER_2},{SUPPLIER_1},{SUPPLIER_2}"));
        let files = ScenarioFiles::from_iter([("a.csv".to_owned(), text.to_uppercase())]);
        let put = players.put_into(&files);
        let scenarios = read(&ScenarioFiles::embedded()).unwrap();
        let scenario = scenarios.iter().find(|scenario| scenario.id == "MP125-Q2").unwrap();
        assert_eq!(players.take_out_of(put.text("a.csv").unwrap(), scenario), text.to_uppercase());
    }
}
