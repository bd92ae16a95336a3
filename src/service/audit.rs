//! The verification of the audit chains, as `smi audit verify` and the console ask for it.

use crate::{
    db::{Connection, StoreFault},
    store::{self, ChainSummary, Finding, Point},
};

/// What a verification tells while it goes on.
pub trait VerificationWatch {
    /// A page of so many records was read.
    ///
    /// # Errors
    /// To end the verification.
    fn read(&mut self, _records: usize) -> Result<(), StoreFault> {
        Ok(())
    }

    /// Something is wrong with that chain, or with a record that stands in none.
    fn found(&mut self, chain: Option<&str>, finding: &Finding);

    /// A chain was read to its end.
    fn verified(&mut self, chain: &str, summary: &ChainSummary);
}

/// Verifies one chain or all, and whether a point of a chain noted earlier is still part of it.
///
/// # Errors
/// When the database fails, or the watch ends it.
pub fn verify_chains(
    connection: &mut Connection,
    chain: Option<&str>,
    noted: Option<(&str, Point)>,
    watch: &mut dyn VerificationWatch,
) -> Result<(), StoreFault> {
    let mut chains = store::audit_chains(connection)?;
    // A chain that was asked for is verified even if it has no record: a deleted chain is a finding.
    let asked = chain.or(noted.map(|(chain, _)| chain)).map(str::to_owned);
    chains.extend(asked.filter(|asked| !chains.contains(asked)));
    for name in chains.iter().filter(|name| chain.is_none_or(|only| only == *name)) {
        let noted = noted.filter(|(chain, _)| chain == name).map(|(_, point)| point);
        let watching = std::cell::RefCell::new(&mut *watch);
        let verified = store::audit_verify_with_progress(
            connection,
            name,
            noted,
            &mut |finding| watching.borrow_mut().found(Some(name), &finding),
            &mut |records| watching.borrow_mut().read(records),
        )?;
        watch.verified(name, &verified);
    }
    if chain.is_none() {
        store::audit_unchained(connection, &mut |finding| watch.found(None, &finding))?;
        store::audit_unnamed(connection, &mut |finding| watch.found(None, &finding))?;
    }
    Ok(())
}
