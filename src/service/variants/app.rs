//! Suspects and the report, for the management listener and the console.

use std::sync::Arc;

use super::{
    EsmeCount, Suspect, SuspectPage, SuspectQuestion, VariantBasis, VariantFault, VariantQuestion,
    VariantReport, each_suspect, report, suspect_page,
};
use crate::{
    domain::Eui64,
    service::{App, Fault},
    store::DivideBy,
};

/// Whether somebody still waits for the answer. It is asked after each range: where nobody does, the rest is not read.
pub type StillAsked<'a> = &'a dyn Fn() -> bool;

impl App {
    fn variant_basis(&self) -> VariantBasis<'_> {
        let choices = self.choices();
        VariantBasis {
            settings: choices.variants,
            rules: choices.rules,
            codes: &choices.codes,
            clock: self.clock(),
        }
    }

    /// A page of the suspects that fit, with the count that they are judged by. The first page counts anew.
    ///
    /// # Errors
    /// When the store fails.
    pub fn variant_suspects(
        &self,
        asked: &SuspectQuestion,
        after: Option<Eui64>,
        limit: u16,
        is_asked: StillAsked<'_>,
    ) -> Result<(Arc<EsmeCount>, SuspectPage), Fault> {
        let basis = self.variant_basis();
        let make = || EsmeCount::make(self.store(), DivideBy::Nothing, &basis, &mut |_| go_on(is_asked));
        let count = self.0.variants.get(after.is_none(), make).map_err(fault)?;
        let page = suspect_page(self.store(), &count, asked, &basis, (after, limit)).map_err(fault)?;
        Ok((count, page))
    }

    /// Passes on every suspect that fits, by a new count. Who passes them on may stop it by a fault.
    ///
    /// # Errors
    /// When the store fails, or what `each` says.
    pub fn each_variant_suspect(
        &self,
        asked: &SuspectQuestion,
        is_asked: StillAsked<'_>,
        each: &mut dyn FnMut(&Suspect) -> Result<(), VariantFault>,
    ) -> Result<(), VariantFault> {
        let basis = self.variant_basis();
        let make = || EsmeCount::make(self.store(), DivideBy::Nothing, &basis, &mut |_| go_on(is_asked));
        let count = self.0.variants.get(true, make)?;
        each_suspect(self.store(), &count, asked, &basis, each).map(|_| ())
    }

    /// The report with the first page of suspects, by one count, which also judges the pages behind it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn variant_overview(
        &self,
        of_report: VariantQuestion,
        asked: &SuspectQuestion,
        limit: u16,
        is_asked: StillAsked<'_>,
    ) -> Result<(VariantReport, SuspectPage), Fault> {
        let (basis, variants) = (self.variant_basis(), &self.0.variants);
        let made = variants.alone(|| {
            let begun = variants.begin();
            let made = report(self.store(), of_report, &basis, &mut |_| go_on(is_asked)).map_err(fault)?;
            variants.keep(begun, Arc::new(made.count.clone()));
            Ok::<_, Fault>(made)
        })?;
        let page = suspect_page(self.store(), &made.count, asked, &basis, (None, limit)).map_err(fault)?;
        Ok((made, page))
    }

    /// The report.
    ///
    /// # Errors
    /// When the store fails.
    pub fn variant_report(
        &self,
        asked: VariantQuestion,
        is_asked: StillAsked<'_>,
    ) -> Result<VariantReport, Fault> {
        let make = || report(self.store(), asked, &self.variant_basis(), &mut |_| go_on(is_asked));
        self.0.variants.alone(make).map_err(fault)
    }
}

fn go_on(is_asked: StillAsked<'_>) -> Result<(), VariantFault> {
    if is_asked() { Ok(()) } else { Err(VariantFault::Unread) }
}

fn fault(fault: VariantFault) -> Fault {
    match fault {
        VariantFault::Store(fault) => fault.into(),
        VariantFault::Unread => Fault::Unread,
        // Nothing is written here, and what is made up is well-formed: a bug of this program.
        VariantFault::Write(_) | VariantFault::Invented(_) => Fault::BrokeOff,
    }
}
