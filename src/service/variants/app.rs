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
    ) -> Result<(Arc<EsmeCount>, SuspectPage), Fault> {
        let basis = self.variant_basis();
        let make = || EsmeCount::make(self.store(), DivideBy::Nothing, &basis, &mut |_| ());
        let count = self.0.variants.get(after.is_none(), make)?;
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
        each: &mut dyn FnMut(&Suspect) -> Result<(), VariantFault>,
    ) -> Result<(), VariantFault> {
        let basis = self.variant_basis();
        let make = || EsmeCount::make(self.store(), DivideBy::Nothing, &basis, &mut |_| ());
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
    ) -> Result<(VariantReport, SuspectPage), Fault> {
        let (basis, variants) = (self.variant_basis(), &self.0.variants);
        let made = variants.alone(|| {
            let begun = variants.begin();
            let made = report(self.store(), of_report, &basis, &mut |_| ())?;
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
    pub fn variant_report(&self, asked: VariantQuestion) -> Result<VariantReport, Fault> {
        let make = || report(self.store(), asked, &self.variant_basis(), &mut |_| ());
        Ok(self.0.variants.alone(make)?)
    }
}

fn fault(fault: VariantFault) -> Fault {
    match fault {
        VariantFault::Store(fault) => fault.into(),
        // Nothing is written here, and what is made up is well-formed: a bug of this program.
        VariantFault::Write(_) | VariantFault::Invented(_) => Fault::BrokeOff,
    }
}
