//! Answers by hour, User, Service Request, code and rule, counted from the records of decisions in slices.
//!
//! A slice is counted while it is read, and added by a short transaction that moves the watermark (the counter `tallied_decision`)
//! behind it. So each decision is counted once, whoever else counts. Batches of a server commit in another order than that of their
//! numbers: a slice ends at a number that was the newest while no batch was under way, or it would pass one that is not yet there.

use std::collections::BTreeMap;

use diesel::{
    QueryableByName,
    dsl::{max, min},
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};

use crate::{
    db::{
        Connection, LockKey, StoreFault,
        prepared::{self, BindColumn, BindValue, Statement},
    },
    domain::{Eui64, ResponseCode, ServiceReferenceVariant, Timestamp, instant_text},
    store::{
        counter::{self, Counter},
        decision::decisions,
        stored::Table,
        table::stored_table,
    },
};

stored_table! {
    answer_tallies (hour, user_id, service_reference_variant, code, rule) {
        hour -> Text,
        user_id -> Text,
        service_reference_variant -> Text,
        code -> Text,
        rule -> Text,
        answers -> BigInt,
    }
}

const TABLE: Table = Table("answer_tallies");

/// The advisory lock of the instance that keeps the tallies, held as long as it does: others would count the same for nothing.
pub const TALLY_LOCK: LockKey = LockKey { number: 0x73_6d_69_06, file_suffix: "-tallies" };

/// The most decisions of a slice.
const SLICE: i64 = 2_000;

/// The number of answers of one kind in one hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerTally {
    /// The beginning of the hour in which they were decided.
    pub hour: Timestamp,
    /// The User who asked.
    pub user: Eui64,
    /// What was asked, where it could be read.
    pub variant: Option<ServiceReferenceVariant>,
    /// The response code.
    pub code: ResponseCode,
    /// The ID of the rule that decided.
    pub rule: Option<String>,
    /// How many.
    pub answers: u64,
}

/// The number of answers with one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeTally {
    /// The response code.
    pub code: ResponseCode,
    /// How many.
    pub answers: u64,
}

/// What is counted together: hour, User, Service Request, code and rule, as they are stored.
type Key = [String; 5];

/// A slice of decisions, counted but not added yet.
#[derive(Clone, Debug)]
pub struct CountedAnswers {
    /// The watermark before it.
    after: Option<i64>,
    /// The number of its last decision, the watermark behind it.
    until: i64,
    /// The number of its decisions.
    pub decisions: usize,
    counts: BTreeMap<Key, i64>,
}

/// The number of the newest decision; 0 if there is none.
///
/// # Errors
/// When the database fails.
pub fn newest_decision(connection: &mut Connection) -> Result<i64, StoreFault> {
    let newest = decisions::table.select(max(decisions::id)).get_result::<Option<i64>>(connection)?;
    Ok(newest.unwrap_or_default())
}

/// How many decisions are not counted yet, at most.
///
/// # Errors
/// When the database fails.
pub fn uncounted(connection: &mut Connection) -> Result<u64, StoreFault> {
    let counted = counter::read(connection, Counter::TalliedDecision)?.unwrap_or_default();
    Ok(u64::try_from(newest_decision(connection)? - counted).unwrap_or_default())
}

/// Counts the next slice of decisions, to that number at most; none where all are counted.
///
/// # Errors
/// When the database fails.
pub fn count_next(connection: &mut Connection, newest: i64) -> Result<Option<CountedAnswers>, StoreFault> {
    let after = counter::read(connection, Counter::TalliedDecision)?;
    let rows = decisions::table
        .filter(decisions::id.gt(after.unwrap_or(0)))
        .filter(decisions::id.le(newest))
        .order(decisions::id)
        .limit(SLICE)
        .select((
            decisions::id,
            decisions::decided_at,
            decisions::user_id,
            decisions::service_reference_variant,
            decisions::code,
            decisions::rule,
        ))
        .load::<(i64, String, String, Option<String>, String, Option<String>)>(connection)?;
    let Some(until) = rows.last().map(|(id, ..)| *id) else { return Ok(None) };
    let (decisions, mut counts) = (rows.len(), BTreeMap::new());
    for (_, at, user, variant, code, rule) in rows {
        let key = [hour_text(&at), user, variant.unwrap_or_default(), code, rule.unwrap_or_default()];
        *counts.entry(key).or_insert(0) += 1;
    }
    Ok(Some(CountedAnswers { after, until, decisions, counts }))
}

/// The beginning of the hour of an instant, both as texts.
fn hour_text(instant: &str) -> String {
    format!("{}:00:00.000Z", instant.get(.."2026-01-31T09".len()).unwrap_or_default())
}

/// The beginning and the end of the statements that add counts. What stands between gives the rows.
macro_rules! add_to_tallies {
    (begin $rows:literal) => {
        concat!(
            "INSERT INTO answer_tallies (hour, user_id, service_reference_variant, code, rule, answers) ",
            $rows
        )
    };
    (end) => {
        ") ON CONFLICT (hour, user_id, service_reference_variant, code, rule) \
        DO UPDATE SET answers = answer_tallies.answers + excluded.answers"
    };
}

/// The statement that adds one count.
struct AddOne;

impl Statement for AddOne {
    const TEXT: &'static [&'static str] =
        &[add_to_tallies!(begin "VALUES ("), ", ", ", ", ", ", ", ", ", ", add_to_tallies!(end)];
}

/// The statement that adds many counts on a server.
struct AddAll;

impl Statement for AddAll {
    const TEXT: &'static [&'static str] =
        &[add_to_tallies!(begin "SELECT * FROM unnest("), ", ", ", ", ", ", ", ", ", ", add_to_tallies!(end)];
}

/// Adds a counted slice. Returns whether it did: another instance may have added it before.
///
/// # Errors
/// When the database fails.
pub fn add(connection: &mut Connection, counted: &CountedAnswers) -> Result<bool, StoreFault> {
    let CountedAnswers { after, until, decisions: _, counts } = counted;
    // First of all: it locks the watermark's row, so that of two transactions one finds it moved.
    if !counter::advance(connection, Counter::TalliedDecision, *after, *until)? {
        return Ok(false);
    }
    match connection {
        Connection::Sqlite(_) => {
            for ([hour, user, variant, code, rule], answers) in counts {
                let texts = [hour, user, variant, code, rule].map(|text| BindValue::Text(text));
                let [hour, user, variant, code, rule] = texts;
                let values = [hour, user, variant, code, rule, BindValue::Number(*answers)];
                prepared::run::<AddOne>(connection, &values)?;
            }
        }
        Connection::Postgres(server) => {
            let rows = counts.iter().collect::<Vec<_>>();
            let columns = [
                BindColumn::texts(&rows, |([hour, ..], _)| Some(hour)),
                BindColumn::texts(&rows, |([_, user, ..], _)| Some(user)),
                BindColumn::texts(&rows, |([_, _, variant, ..], _)| Some(variant)),
                BindColumn::texts(&rows, |([.., code, _], _)| Some(code)),
                BindColumn::texts(&rows, |([.., rule], _)| Some(rule)),
                BindColumn::numbers(&rows, |(_, answers)| Some(**answers)),
            ];
            prepared::run_with_rows::<AddAll>(server, &columns)?;
        }
    }
    Ok(true)
}

/// Moves the watermark back after a restore: decisions get numbers from behind the last one that was restored, and the backup may
/// have counted some that were purged.
pub(in crate::store) fn follow_restore(connection: &mut Connection) -> Result<(), StoreFault> {
    let newest = newest_decision(connection)?;
    if counter::read(connection, Counter::TalliedDecision)?.is_some_and(|counted| counted > newest) {
        counter::set(connection, Counter::TalliedDecision, Some(newest))?;
    }
    Ok(())
}

/// Deletes the tallies of the oldest hour, if it is before that instant. Returns the number of rows.
pub(in crate::store) fn purge_hour(
    connection: &mut Connection,
    before: Timestamp,
) -> Result<usize, StoreFault> {
    let oldest = answer_tallies::table.select(min(answer_tallies::hour));
    let oldest = oldest.get_result::<Option<String>>(connection)?;
    let Some(hour) = oldest.filter(|hour| *hour < instant_text(before)) else { return Ok(0) };
    Ok(diesel::delete(answer_tallies::table.filter(answer_tallies::hour.eq(hour))).execute(connection)?)
}

/// Loads the tallies of the hours from that instant on until before the other, in their order.
///
/// # Errors
/// When the database fails.
pub fn of_hours(
    connection: &mut Connection,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<AnswerTally>, StoreFault> {
    let rows = answer_tallies::table
        .filter(answer_tallies::hour.ge(instant_text(from)))
        .filter(answer_tallies::hour.lt(instant_text(until)))
        .order((
            answer_tallies::hour,
            answer_tallies::user_id,
            answer_tallies::service_reference_variant,
            answer_tallies::code,
            answer_tallies::rule,
        ))
        .load::<(String, String, String, String, String, i64)>(connection)?;
    let tally =
        |(hour, user, variant, code, rule, answers): (String, String, String, String, String, i64)| {
            let variant = Some(variant).filter(|text| !text.is_empty());
            Ok(AnswerTally {
                hour: TABLE.instant("hour", &hour)?,
                user: TABLE.value("user_id", &user)?,
                variant: TABLE.optional("service_reference_variant", variant.as_deref())?,
                code: TABLE.value("code", &code)?,
                rule: Some(rule).filter(|text| !text.is_empty()),
                answers: answers.unsigned_abs(),
            })
        };
    rows.into_iter().map(tally).collect()
}

/// The query for the sums of each code. It reads the rows of the hours from that one on, by the primary key.
const BY_CODE: &str = "SELECT code, CAST(SUM(answers) AS BIGINT) AS answers FROM answer_tallies WHERE hour >= $1 \
    GROUP BY code ORDER BY code";

/// A row of that query.
#[derive(QueryableByName)]
struct CodeRow {
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = BigInt)]
    answers: i64,
}

/// Sums the answers of each code in the hours from that instant on.
///
/// # Errors
/// When the database fails.
pub fn by_code(connection: &mut Connection, from: Timestamp) -> Result<Vec<CodeTally>, StoreFault> {
    let query = sql_query(BY_CODE).bind::<Text, _>(instant_text(from));
    let rows = crate::db::on_either!(connection, |inner| query.load::<CodeRow>(inner))?;
    let tally = |CodeRow { code, answers }| {
        Ok(CodeTally { code: TABLE.value("code", &code)?, answers: answers.unsigned_abs() })
    };
    rows.into_iter().map(tally).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Instance, RequestId},
        rules::rulebook,
        store::{
            NewDecision, record_decisions,
            testing::{TempStore, now, query_plan_without_scans, user_id, value},
        },
    };

    /// Decisions so many minutes apart: of three Users in turn, every fifth refused by a rule.
    fn decide(temp: &TempStore, numbers: std::ops::Range<i64>) {
        let rule = rulebook::all_rules().next().unwrap();
        temp.transact(move |connection| {
            let id = |number| format!("90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:{number}");
            let ids = numbers.clone().map(|number| value::<RequestId>(&id(number))).collect::<Vec<_>>();
            let new = numbers.clone().zip(&ids).map(|(number, request_id)| NewDecision {
                request_id,
                user: user_id(u8::try_from(number % 3).unwrap()),
                device: None,
                variant: (number % 2 == 0).then(|| value("8.4")),
                code: if number % 5 == 0 { ResponseCode::E4 } else { ResponseCode::I0 },
                rule: (number % 5 == 0).then_some(rule),
                at: now(&format!(
                    "2026-01-{:02}T{:02}:{:02}:00Z",
                    1 + number / 1_440,
                    number / 60 % 24,
                    number % 60
                )),
                steps: &[],
                changes: &[],
                is_first_answer: false,
            });
            record_decisions(connection, &Instance::default(), new)
        })
        .unwrap();
    }

    fn count_all(temp: &TempStore) -> Vec<usize> {
        let newest = temp.store.read(newest_decision).unwrap();
        std::iter::from_fn(|| {
            let counted = temp.store.read(|connection| count_next(connection, newest)).unwrap()?;
            let decisions = counted.decisions;
            assert!(temp.transact(move |connection| add(connection, &counted)).unwrap());
            Some(decisions)
        })
        .collect()
    }

    fn since(temp: &TempStore, from: &str) -> Vec<AnswerTally> {
        let (from, until) = (now(from).0, now("2027-01-01").0);
        temp.store.read(|connection| of_hours(connection, from, until)).unwrap()
    }

    fn sum(tallies: &[AnswerTally]) -> u64 {
        tallies.iter().map(|tally| tally.answers).sum()
    }

    /// Against a model: the decisions themselves, counted one by one.
    #[test]
    fn every_decision_is_counted_once_in_its_hour() {
        let temp = TempStore::new();
        assert_eq!(count_all(&temp), [0; 0]);
        decide(&temp, 0..4_500);
        assert_eq!(temp.store.read(uncounted).unwrap(), 4_500);
        assert_eq!(count_all(&temp), [2_000, 2_000, 500]);
        decide(&temp, 4_500..4_510);
        assert_eq!(count_all(&temp), [10]);
        assert_eq!((count_all(&temp), temp.store.read(uncounted).unwrap()), (vec![], 0));
        let mut model = BTreeMap::<_, u64>::new();
        for number in 0..4_510_i64 {
            let key = (number / 60, number % 3, number % 2 == 0, number % 5 == 0);
            *model.entry(key).or_default() += 1;
        }
        let all = since(&temp, "2026-01-01");
        assert_eq!((all.len(), sum(&all)), (model.len(), 4_510));
        let start = now("2026-01-01").0;
        for tally in all {
            let hour = tally.hour.duration_since(start).as_hours();
            let user = (0..3).find(|user| user_id(u8::try_from(*user).unwrap()) == tally.user).unwrap();
            let is_refused = tally.code == ResponseCode::E4;
            assert_eq!(tally.rule.is_some(), is_refused);
            let key = (hour, user, tally.variant.is_some(), is_refused);
            assert_eq!(model.remove(&key), Some(tally.answers), "{key:?}");
        }
        let last = since(&temp, "2026-01-04T03:00:00Z");
        assert_eq!(sum(&last), 4_510 - 3 * 1_440 - 180);
        let by_code =
            temp.store.read(|connection| by_code(connection, now("2026-01-04T03:00:00Z").0)).unwrap();
        assert_eq!(
            by_code.iter().map(|tally| tally.code).collect::<Vec<_>>(),
            [ResponseCode::E4, ResponseCode::I0]
        );
        assert_eq!(by_code.iter().map(|tally| tally.answers).sum::<u64>(), 10);
    }

    #[test]
    fn a_slice_that_another_instance_added_is_not_added_again() {
        let temp = TempStore::new();
        decide(&temp, 0..3);
        let slice = || temp.store.read(|connection| count_next(connection, 3)).unwrap().unwrap();
        let (first, second) = (slice(), slice());
        assert!(temp.transact(move |connection| add(connection, &first)).unwrap());
        assert!(!temp.transact(move |connection| add(connection, &second)).unwrap());
        decide(&temp, 3..5);
        // A number that was not final yet is left to the next round.
        assert!(temp.store.read(|connection| count_next(connection, 3)).unwrap().is_none());
        let (third, fourth) = (
            temp.store.read(|connection| count_next(connection, 5)).unwrap().unwrap(),
            temp.store.read(|connection| count_next(connection, 5)).unwrap().unwrap(),
        );
        assert!(temp.transact(move |connection| add(connection, &third)).unwrap());
        assert!(!temp.transact(move |connection| add(connection, &fourth)).unwrap());
        assert_eq!(sum(&since(&temp, "2026-01-01")), 5);
    }

    #[test]
    fn a_restore_with_fewer_decisions_moves_the_watermark_back() {
        let temp = TempStore::new();
        decide(&temp, 0..3);
        count_all(&temp);
        temp.transact(|connection| counter::set(connection, Counter::TalliedDecision, Some(70))).unwrap();
        temp.transact(follow_restore).unwrap();
        assert_eq!(
            temp.store.read(|connection| counter::read(connection, Counter::TalliedDecision)).unwrap(),
            Some(3)
        );
        temp.transact(follow_restore).unwrap();
        assert_eq!(temp.store.read(uncounted).unwrap(), 0);
    }

    #[test]
    fn the_hours_are_found_by_the_key() {
        let temp = TempStore::new();
        let plan = temp.store.read(|connection| {
            let filled = BY_CODE.replace("$1", "'2026-01-01T00:00:00.000Z'");
            Ok::<_, StoreFault>(query_plan_without_scans(connection, &filled))
        });
        let plan = plan.unwrap();
        let by_key = |line: &String| {
            line.contains("sqlite_autoindex_answer_tallies") || line.contains("answer_tallies_pkey")
        };
        assert!(plan.iter().any(by_key), "{plan:#?}");
    }
}
