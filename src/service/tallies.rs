//! Tallies: counting what the console shows in numbers, in short steps, and reading the counts.

use std::time::Duration;

use jiff::SignedDuration;

use super::{App, Fault};
use crate::{
    clock::Stopwatch,
    db::{Connection, StoreFault},
    domain::{Timestamp, hour_of},
    store::{self, AnswerTally, CodeTally, CountedAnswers, DeviceCount, DeviceTallies},
};

/// The longest time of which the tallies of answers are read at once. The rows of an hour are as many as Users, Service Requests, codes and
/// rules met in it.
pub const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(24);

/// Answers by code since the beginning of an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswersSince {
    /// The beginning.
    pub from: Timestamp,
    /// The answers of each code that was given.
    pub codes: Vec<CodeTally>,
}

/// The tallies that the console shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tallies {
    /// Devices by type and SMI Status; none before the first count.
    pub devices: Option<DeviceTallies>,
    /// Answers in this hour and the one before.
    pub hour: AnswersSince,
    /// Answers in this hour and the 24 before.
    pub day: AnswersSince,
    /// How many decisions are not counted yet, at most.
    pub uncounted: u64,
}

/// Answers by hour, User, Service Request, code and rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswersOfHours {
    /// The beginning of the first hour.
    pub from: Timestamp,
    /// The end of the last.
    pub until: Timestamp,
    /// Where the hours that were asked for go on; none where these are the last.
    pub next: Option<Timestamp>,
    /// The tallies, in the order of hours.
    pub tallies: Vec<AnswerTally>,
}

/// A round of counting: the decisions up to one, of one store.
#[derive(Clone, Copy, Debug)]
pub struct TallyRound {
    /// The number of the newest decision when it began.
    newest: i64,
    /// The number of restores of states when it began.
    epoch: u64,
}

impl App {
    /// Counts the decisions that are not counted yet, a slice in a transaction of its own. After each, `may_continue` gets the time that it
    /// took, for a rest, and says whether to go on. Returns the number of decisions that were counted.
    ///
    /// # Errors
    /// When the store fails; what was counted by then stays counted.
    pub fn tally_answers(&self, may_continue: &mut dyn FnMut(Duration) -> bool) -> Result<usize, Fault> {
        let Some(round) = self.begin_tallies()? else { return Ok(0) };
        let mut all = 0;
        loop {
            let begin = Stopwatch::start();
            let Some(counted) = self.count_slice(round)? else { return Ok(all) };
            let decisions = counted.decisions;
            if self.add_slice(round, counted)? {
                all += decisions;
            }
            if self.epoch() != round.epoch || !may_continue(begin.elapsed()) {
                return Ok(all);
            }
        }
    }

    /// Begins to count the decisions that are not counted yet; none where there are none.
    ///
    /// # Errors
    /// When the store fails.
    pub fn begin_tallies(&self) -> Result<Option<TallyRound>, Fault> {
        let store = self.store();
        // Read first: a look that finds nothing leaves the writer alone.
        if store.read::<_, StoreFault>(store::uncounted_decisions)? == 0 {
            return Ok(None);
        }
        let epoch = self.epoch();
        // Alone, as no batch may be under way: the decisions up to this one are all there, or never will be.
        let newest = store.transact::<_, StoreFault, _>(store::newest_decision)?;
        Ok(Some(TallyRound { newest, epoch }))
    }

    /// Counts the next slice of decisions; none where all of the round are counted.
    ///
    /// # Errors
    /// When the store fails.
    pub fn count_slice(&self, round: TallyRound) -> Result<Option<CountedAnswers>, Fault> {
        let next = |connection: &mut Connection| store::count_answers(connection, round.newest);
        Ok(self.store().read::<_, StoreFault>(next)?)
    }

    /// Adds a slice to the tallies. Returns whether it was added: what was counted in a store that a restore replaced since is of other
    /// decisions.
    ///
    /// # Errors
    /// When the store fails.
    pub fn add_slice(&self, round: TallyRound, counted: CountedAnswers) -> Result<bool, Fault> {
        let app = self.clone();
        let add = move |connection: &mut Connection| {
            // Within the transaction: restores are alone with it.
            if app.epoch() == round.epoch {
                store::add_answer_tallies(connection, &counted)
            } else {
                Ok(false)
            }
        };
        Ok(self.store().transact_beside::<_, StoreFault, _>(add)?)
    }

    /// Counts the Devices in ranges of their keys, each by a read of its own, and replaces the count before. `may_continue` is as for
    /// [`App::tally_answers`]; a count that it ends is dropped, and one that a restore of a state overtook. Returns whether the count is
    /// complete.
    ///
    /// # Errors
    /// When the store fails.
    pub fn count_devices(&self, may_continue: &mut dyn FnMut(Duration) -> bool) -> Result<bool, Fault> {
        let (mut count, epoch) = (DeviceCount::default(), self.epoch());
        loop {
            let begin = Stopwatch::start();
            let range = |connection: &mut Connection| count.count_range(connection);
            if !self.store().read::<_, StoreFault>(range)? {
                break;
            }
            if !may_continue(begin.elapsed()) {
                return Ok(false);
            }
        }
        let (app, now) = (self.clone(), self.clock().now());
        let replace = move |connection: &mut Connection| {
            // Within the transaction, as of answers: what a restore replaced since has other Devices.
            let is_of_this_store = app.epoch() == epoch;
            if is_of_this_store {
                store::replace_device_tallies(connection, &count, now)?;
            }
            Ok(is_of_this_store)
        };
        Ok(self.store().transact_beside::<_, StoreFault, _>(replace)?)
    }

    /// Devices by type and SMI Status, which are none before the first count; and how many decisions are not counted yet, at most.
    ///
    /// # Errors
    /// When the store fails.
    pub fn device_tallies(&self) -> Result<(Option<DeviceTallies>, u64), Fault> {
        self.store().read(|connection| {
            Ok((store::device_tallies(connection)?, store::uncounted_decisions(connection)?))
        })
    }

    /// The tallies that the console shows.
    ///
    /// # Errors
    /// When the store fails.
    pub fn tallies(&self) -> Result<Tallies, Fault> {
        let this_hour = hour_of(self.clock().now().0);
        let before = |hours| this_hour.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(this_hour);
        self.store().read(|connection| {
            let mut since = |from| {
                Ok::<_, StoreFault>(AnswersSince { from, codes: store::answers_by_code(connection, from)? })
            };
            let (hour, day) = (since(before(1))?, since(before(24))?);
            let devices = store::device_tallies(connection)?;
            Ok(Tallies { devices, hour, day, uncounted: store::uncounted_decisions(connection)? })
        })
    }

    /// The tallies of answers in whole hours: from that of `from`, by default the 24th before this one, to that of `until`, by default this one;
    /// of [`LONGEST_SPAN`] at most.
    ///
    /// # Errors
    /// When the store fails.
    pub fn answers_of_hours(
        &self,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<AnswersOfHours, Fault> {
        let hour = SignedDuration::from_hours(1);
        let end = until.map_or_else(
            || hour_of(self.clock().now().0).saturating_add(hour).unwrap_or(Timestamp::MAX),
            |until| hour_of(until.saturating_add(hour - SignedDuration::from_millis(1)).unwrap_or(until)),
        );
        let from = from.map_or_else(|| end.saturating_sub(LONGEST_SPAN).unwrap_or(Timestamp::MIN), hour_of);
        let until = end.min(from.saturating_add(LONGEST_SPAN).unwrap_or(Timestamp::MAX));
        let read = |connection: &mut Connection| store::answers_of_hours(connection, from, until);
        let tallies = self.store().read::<_, StoreFault>(read)?;
        Ok(AnswersOfHours { from, until, next: (until < end).then_some(until), tallies })
    }
}
