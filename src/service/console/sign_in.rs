//! Signing in and out.

use std::net::IpAddr;

use super::{ConsoleRole, PersonName, SignedIn, TooManyAttempts};
use crate::{
    secret::{PasswordHash, Secret, TokenFault},
    service::App,
};

impl App {
    /// Counts an attempt to sign in. Callers call [`App::forgive_sign_in`] if it succeeds.
    ///
    /// # Errors
    /// When there were too many failures from that address.
    pub fn attempt_sign_in(&self, address: IpAddr) -> Result<(), TooManyAttempts> {
        self.0.console.brake.attempt(address)
    }

    /// Takes an attempt back: it succeeded.
    pub fn forgive_sign_in(&self, address: IpAddr) {
        self.0.console.brake.forgive(address);
    }

    /// The name and role of the person with this name and password. It takes as long for a name that there is not. It hashes:
    /// never call it on a thread that answers others.
    pub fn check_password(&self, name: &str, password: &str) -> Option<(PersonName, ConsoleRole)> {
        let user = self.choices().console_users.iter().find(|user| user.name.to_string() == name);
        let hash = user.map_or_else(PasswordHash::of_nobody, |user| user.hash.clone());
        let is_right = hash.is_of(password);
        user.filter(|_| is_right).map(|user| (user.name.clone(), user.role))
    }

    /// Opens a session of eight hours. Returns its ID, which is a secret.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn open_session(&self, name: PersonName, role: ConsoleRole) -> Result<Secret, TokenFault> {
        let (id, form_token) = (Secret::random()?, Secret::random()?);
        tracing::info!(by = %name, role = role.as_str(), "signed in at the console");
        let now = self.clock().now().0;
        self.0.console.open_session(&id, SignedIn { name, role, form_token }, now);
        Ok(id)
    }

    /// The person of a session, if it has not ended.
    pub fn session(&self, id: &str) -> Option<SignedIn> {
        self.0.console.sessions.get(id, self.clock().now().0)
    }

    /// Ends a session.
    pub fn end_session(&self, id: &str) {
        if let Some(ended) = self.0.console.sessions.remove(id, self.clock().now().0) {
            tracing::info!(by = %ended.name, "signed out at the console");
        }
    }

    /// Makes a sign-in link for an operator: the token of `/sign-in?link=TOKEN`. It is good once, within ten minutes.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn make_sign_in_link(&self, name: PersonName) -> Result<Secret, TokenFault> {
        let token = Secret::random()?;
        self.0.console.make_link(&token, name, self.clock().now().0);
        Ok(token)
    }

    /// Uses a sign-in link up. Returns whose it is, if it is good.
    pub fn use_sign_in_link(&self, token: &str) -> Option<PersonName> {
        self.0.console.links.remove(token, self.clock().now().0)
    }
}
