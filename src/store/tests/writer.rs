//! Tests of the writer: what a batch commits and what it rolls back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use diesel::{Connection as _, RunQueryDsl as _};

use crate::{
    db::{Connection, Store, StoreFault},
    store::{
        find_user,
        testing::{TempStore, user, user_id},
        user as users,
    },
};

pub(super) fn add(last: u8) -> impl Fn(&mut Connection) -> Result<(), StoreFault> + Send + 'static {
    move |connection| users::replace(connection, &[user(last)])
}

pub(super) fn holds(store: &Store, last: u8) -> bool {
    store.read(|connection| find_user(connection, user_id(last))).unwrap().is_some()
}

/// The work of a job.
pub(super) type Work<T> = Box<dyn Fn(&mut Connection) -> Result<T, StoreFault> + Send>;

/// Blocks the writer until all these jobs wait in this order, so that they are one batch.
pub(super) fn as_one_batch<T: Send + 'static>(
    store: &Store,
    jobs: Vec<Work<T>>,
) -> Vec<Result<T, StoreFault>> {
    let (release, gate) = mpsc::channel::<()>();
    let (entered, is_in) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(|| {
            store.transact(move |_| {
                entered.send(()).unwrap();
                gate.recv().map_err(|_| StoreFault::Closed)
            })
        });
        is_in.recv().unwrap();
        let outcomes = jobs.into_iter().map(|work| {
            let (answer, outcome) = mpsc::sync_channel(1);
            store.submit(work, move |outcome| drop(answer.send(outcome)));
            outcome
        });
        let outcomes = outcomes.collect::<Vec<_>>();
        release.send(()).unwrap();
        outcomes.into_iter().map(|outcome| outcome.recv().unwrap()).collect()
    })
}

#[test]
fn a_job_is_committed_before_its_caller_gets_a_success() {
    let temp = TempStore::new();
    temp.transact(add(1)).unwrap();
    assert!(holds(&temp.store, 1));
}

#[test]
fn waiting_jobs_share_one_commit_and_run_in_order() {
    let temp = TempStore::new();
    let outside = temp.store.clone();
    let job = move |last: u8| {
        let outside = outside.clone();
        let job: Work<(usize, bool)> = Box::new(move |connection| {
            add(last)(connection)?;
            let inside = users::all(connection)?.len();
            Ok((inside, (1..=50).any(|any| holds(&outside, any))))
        });
        job
    };
    let seen = as_one_batch(&temp.store, (1..=50).map(job).collect());
    let seen = seen.into_iter().map(Result::unwrap).collect::<Vec<_>>();
    let expected = (1..=50).map(|number| (number, false)).collect::<Vec<_>>();
    assert_eq!(seen, expected, "each sees the jobs before it; no reader sees any before the commit");
    assert!((1..=50).all(|last| holds(&temp.store, last)));
}

#[test]
fn a_job_that_fails_is_rolled_back_alone() {
    let temp = TempStore::new();
    let fails: Work<()> = Box::new(|connection| {
        add(2)(connection)?;
        Err(StoreFault::Conflict { kind: "test", reason: String::new() })
    });
    let outcomes = as_one_batch(&temp.store, vec![Box::new(add(1)), fails, Box::new(add(3))]);
    assert!(matches!(outcomes[..], [Ok(()), Err(StoreFault::Conflict { .. }), Ok(())]), "{outcomes:?}");
    assert_eq!([1, 2, 3].map(|last| holds(&temp.store, last)), [true, false, true]);
}

#[test]
fn a_job_that_panics_is_rolled_back_alone() {
    let temp = TempStore::new();
    let panics: Work<()> = Box::new(|connection| {
        add(2)(connection)?;
        connection.transaction::<(), StoreFault, _>(|connection| {
            add(4)(connection)?;
            panic!("a job for the test")
        })
    });
    let outcomes = as_one_batch(&temp.store, vec![Box::new(add(1)), panics, Box::new(add(3))]);
    assert!(matches!(outcomes[..], [Ok(()), Err(StoreFault::Panicked), Ok(())]), "{outcomes:?}");
    assert_eq!([1, 2, 3, 4].map(|last| holds(&temp.store, last)), [true, false, true, false]);
    temp.transact(add(5)).unwrap();
    assert!(holds(&temp.store, 5));
}

/// SQLite rolls back the whole transaction when the disk is full. Later statements of the job would be committed one by one.
#[test]
fn a_job_that_fills_the_disk_fails_the_whole_batch() {
    use diesel::connection::SimpleConnection;
    let temp = TempStore::new();
    if temp.store.is_shared() {
        return;
    }
    let fills: Work<()> = Box::new(|connection| {
        add(2)(connection)?;
        let fill = "PRAGMA max_page_count = 1; CREATE TABLE filler (bytes BLOB); \
            INSERT INTO filler VALUES (zeroblob(10000000))";
        Ok(connection.batch_execute(fill)?)
    });
    let outcomes = as_one_batch(&temp.store, vec![Box::new(add(1)), fills, Box::new(add(3))]);
    assert!(
        outcomes.iter().all(|outcome| outcome.as_ref().is_err_and(StoreFault::is_transient)),
        "{outcomes:?}"
    );
    assert_eq!([1, 2, 3].map(|last| holds(&temp.store, last)), [false; 3]);
    assert!(!temp.store.is_writable());
    temp.transact(add(5)).unwrap();
    assert!(holds(&temp.store, 5) && temp.store.is_writable());
}

#[test]
fn a_commit_that_fails_fails_the_whole_batch() {
    use diesel::connection::SimpleConnection;
    let temp = TempStore::new();
    let orphanage = "CREATE TABLE parent (id INTEGER PRIMARY KEY);
        CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)";
    temp.transact(move |connection| Ok(connection.batch_execute(orphanage)?)).unwrap();
    let orphan: Work<()> =
        Box::new(|connection| Ok(connection.batch_execute("INSERT INTO child VALUES (1)")?));
    let outcomes = as_one_batch(&temp.store, vec![Box::new(add(1)), orphan]);
    assert!(matches!(outcomes[..], [Err(StoreFault::Commit(_)), Err(StoreFault::Commit(_))]));
    assert!(!holds(&temp.store, 1));
    temp.transact(add(2)).unwrap();
    assert!(holds(&temp.store, 2));
}

#[test]
fn closing_finishes_what_was_accepted_and_refuses_the_rest() {
    let temp = TempStore::new();
    let closing = temp.store.clone();
    let close: Work<()> = Box::new(move |_| {
        closing.close();
        Ok(())
    });
    let outcomes = as_one_batch(&temp.store, vec![close, Box::new(add(1))]);
    assert!(matches!(outcomes[..], [Ok(()), Ok(())]));
    temp.store.close();
    temp.store.close();
    assert!(matches!(temp.transact(add(2)), Err(StoreFault::Closed)));
    assert_eq!([1, 2].map(|last| holds(&temp.store, last)), [true, false]);
}

#[test]
fn a_full_queue_is_busy() {
    let temp = TempStore::new();
    let store = temp.store.clone();
    let fill: Work<bool> = Box::new(move |_| {
        let is_full = Arc::new(AtomicBool::new(false));
        while !is_full.load(Ordering::Acquire) {
            let is_full = Arc::clone(&is_full);
            let idle = |_: &mut Connection| Ok::<_, StoreFault>(());
            store.submit(idle, move |outcome| is_full.store(outcome.is_err(), Ordering::Release));
        }
        Ok(matches!(store.transact::<(), _, _>(|_| Ok(())), Err(StoreFault::Busy)))
    });
    assert!(temp.store.transact(fill).unwrap());
    // No caller waits for the idle jobs; the writer still serves others.
    while matches!(temp.transact(add(1)), Err(StoreFault::Busy)) {}
    assert!(holds(&temp.store, 1));
}

#[test]
fn a_reader_sees_one_snapshot_while_others_write() {
    let temp = TempStore::new();
    let count = |connection: &mut Connection| users::all(connection).map(|users| users.len());
    let seen = temp.store.read(|connection| {
        let before = count(connection)?;
        temp.transact(add(1))?;
        Ok::<_, StoreFault>((before, count(connection)?))
    });
    assert_eq!(seen.unwrap(), (0, 0));
    assert!(holds(&temp.store, 1));
}

#[test]
fn a_job_that_hides_a_fault_of_the_database_harms_no_other() {
    let temp = TempStore::new();
    let hides: Work<()> = Box::new(|connection| {
        drop(diesel::sql_query("SELECT nothing FROM nowhere").execute(connection));
        Ok(())
    });
    let outcomes = as_one_batch(&temp.store, vec![Box::new(add(1)), hides, Box::new(add(2))]);
    assert!(matches!((&outcomes[0], &outcomes[2]), (Ok(()), Ok(()))), "{outcomes:?}");
    assert_eq!([1, 2].map(|last| holds(&temp.store, last)), [true, true]);
}

/// SQLite rolls back the statement and goes on. A server would roll back the whole transaction at COMMIT, without an error.
#[test]
fn a_lone_job_that_hides_a_fault_of_the_database_is_committed_or_fails() {
    let temp = TempStore::new();
    let done = temp.transact(|connection| {
        add(1)(connection)?;
        drop(diesel::sql_query("SELECT nothing FROM nowhere").execute(connection));
        Ok::<_, StoreFault>(())
    });
    assert_eq!(done.is_ok(), holds(&temp.store, 1), "{done:?}");
}

#[test]
fn a_reader_cannot_write_and_survives_a_panic() {
    let temp = TempStore::new();
    assert!(matches!(temp.store.read(add(1)), Err(StoreFault::Database(_))));
    let store = temp.store.clone();
    let panicked = thread::spawn(move || store.read::<(), StoreFault>(|_| panic!("a reader for the test")));
    assert!(panicked.join().is_err());
    assert!(!holds(&temp.store, 1));
}
