//! Faults on purpose around a decision: the draw for a request, and those that act in the place of the decision.

use super::{
    bench::TestBench,
    faults::{Addable, MessageTraits, StandingFaults},
    faults_fault::FaultsFault,
    no_test_bench::NoTestBench,
    purpose_fault::{FaultAction, FaultKind, PurposeFault},
};
use crate::{
    domain::{Act, ActArea, ActorName, Eui64, Now, Request, ServiceReferenceVariant},
    duis::xml,
    service::{App, Fault, Handover, Reason, Reply, message::response_to},
};

/// What stands for a rule where a fault on purpose answered.
pub const ON_PURPOSE: &str = "fault";

impl App {
    /// The test bench.
    ///
    /// # Errors
    /// Where `[test]` is not set.
    pub fn test_bench(&self) -> Result<&TestBench, NoTestBench> {
        self.0.bench.as_ref().ok_or(NoTestBench)
    }

    /// The faults on purpose that stand.
    ///
    /// # Errors
    /// Where `[test]` is not set.
    pub fn faults(&self) -> Result<StandingFaults, NoTestBench> {
        Ok(self.test_bench()?.faults().list())
    }

    /// Replaces the faults on purpose, which is an act.
    ///
    /// # Errors
    /// Where `[test]` is not set, or the store fails; the faults stand as they stood then.
    pub fn replace_faults(
        &self,
        seed: u32,
        faults: Vec<PurposeFault>,
        by: ActorName,
    ) -> Result<(), FaultsFault> {
        let bench = self.test_bench()?;
        let ids = |ids: Vec<&str>| (!ids.is_empty()).then(|| ids.join(", "));
        let before = bench.faults().list();
        let from = ids(before.faults.iter().map(|counts| counts.fault.id.as_str()).collect());
        let to = ids(faults.iter().map(|fault| fault.id.as_str()).collect());
        let act = Act { from, to, ..Act::new(ActArea::Test, "faults", "replace", by, self.clock().now().0) };
        self.record_act(act)?;
        bench.faults().replace(seed, faults);
        Ok(())
    }

    /// Adds a fault on purpose behind those that stand, whose counts go on. It is an act.
    ///
    /// # Errors
    /// Where `[test]` is not set, another has its name, there are as many as may be, or the store fails.
    pub fn add_fault(&self, fault: PurposeFault, by: ActorName) -> Result<(), FaultsFault> {
        let faults = self.test_bench()?.faults();
        addable(faults.may_add(&fault.id), &fault.id)?;
        self.record_fault_act("add", &fault.id, by)?;
        let id = fault.id.clone();
        addable(faults.add(fault), &id)
    }

    /// Removes a fault on purpose. It is an act.
    ///
    /// # Errors
    /// Where `[test]` is not set, there is none of that name, or the store fails.
    pub fn remove_fault(&self, id: &str, by: ActorName) -> Result<(), FaultsFault> {
        let faults = self.test_bench()?.faults();
        let unknown = || FaultsFault::Unknown(id.to_owned());
        if faults.may_add(id) != Addable::Taken {
            return Err(unknown());
        }
        self.record_fault_act("remove", id, by)?;
        if faults.remove(id) { Ok(()) } else { Err(unknown()) }
    }

    fn record_fault_act(&self, act: &'static str, id: &str, by: ActorName) -> Result<(), Fault> {
        self.record_act(Act::new(ActArea::Test, format!("fault {id}"), act, by, self.clock().now().0))
    }

    /// Tries the faults on a request of which nothing was read yet.
    pub fn draw_faults(&self, handover: &Handover) {
        if let Ok(bench) = self.test_bench() {
            handover.begin_faults(bench.faults().on_arrival());
        }
    }

    /// Tries the faults on a request whose signature was verified. Returns the reply in the place of a decision, where the fault that
    /// acts has one.
    pub(in crate::service) fn try_faults(
        &self,
        request: &Request,
        handover: &Handover,
        now: Now,
    ) -> Result<Option<Reply>, Fault> {
        let mut devices = request.devices().collect::<Vec<_>>();
        devices.push(request.id.target);
        self.choose_fault(request.id.originator, request.variant, devices, handover);
        let Some(chosen) = handover.fault() else { return Ok(None) };
        match chosen.action {
            FaultAction::Code(code) => {
                let text = format!("fault `{}` on purpose: {code}", chosen.id);
                handover.explain(Reason::of(ON_PURPOSE, text));
                let version = self.version_for_unknown(&request.schema_version);
                let answer = self.signed(&xml::encode(&response_to(request, version, code, now)), now)?;
                Ok(Some(Reply::Answer(answer)))
            }
            FaultAction::Status(..) | FaultAction::Plain(FaultKind::DropBefore) => Ok(Some(Reply::Withheld)),
            FaultAction::Delay(_) | FaultAction::Plain(_) | FaultAction::DeliverLate(_) => Ok(None),
        }
    }

    /// Tries the faults on a request of which no more is known than this.
    pub(in crate::service) fn choose_fault(
        &self,
        user: Eui64,
        variant: ServiceReferenceVariant,
        devices: Vec<Eui64>,
        handover: &Handover,
    ) {
        let Ok(bench) = self.test_bench() else { return };
        let Some(draw) = handover.fault_draw() else { return };
        let traits = MessageTraits { user: Some(user), variant: Some(variant), devices };
        if let Some(chosen) = bench.faults().on_request(draw, &traits) {
            handover.choose_fault(chosen);
        }
    }
}

fn addable(addable: Addable, id: &str) -> Result<(), FaultsFault> {
    match addable {
        Addable::Yes => Ok(()),
        Addable::Taken => Err(FaultsFault::Taken(id.to_owned())),
        Addable::Full => Err(FaultsFault::Full),
    }
}
