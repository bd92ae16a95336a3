//! Tests of the writer on PostgreSQL: locks, deadlocks and lost connections.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use diesel::{Connection as _, RunQueryDsl as _, connection::SimpleConnection as _};

use super::writer::{Work, add, as_one_batch, holds};
use crate::{
    db::{
        Connection, PgConnection, Store, StoreFault, StoreOptions,
        connection::{WRITERS_LOCK, number_in_schema},
    },
    store::{
        testing::{TempStore, user, user_id},
        user as users,
    },
};

fn with_timeout(temp: &TempStore, milliseconds: u64) -> Store {
    let timeout = Duration::from_millis(milliseconds);
    Store::open_with(&temp.database.url, StoreOptions { timeout, ..StoreOptions::default() }).unwrap()
}

fn other(temp: &TempStore) -> PgConnection {
    PgConnection::establish(&temp.database.url).unwrap()
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_writer_that_waits_too_long_for_the_lock_gets_a_transient_fault() {
    let temp = TempStore::new();
    let store = with_timeout(&temp, 100);
    let mut other = other(&temp);
    other.batch_execute(&format!("SELECT pg_advisory_lock({})", number_in_schema(WRITERS_LOCK))).unwrap();
    let fault = store.transact(add(1)).unwrap_err();
    assert!(matches!(&fault, StoreFault::Unavailable(reason) if reason.contains("lock timeout")), "{fault}");
    assert!(fault.is_transient());
    assert!(!holds(&store, 1), "a reader does not wait for the lock");
    drop(other);
    store.transact(add(1)).unwrap();
    assert!(holds(&store, 1));
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_batch_that_meets_a_deadlock_is_retried_whole() {
    let temp = TempStore::new();
    temp.transact(|connection| users::replace(connection, &[user(1), user(2)])).unwrap();
    let lock = |last: u8| format!("UPDATE users SET party_name = 'x' WHERE user_id = '{}'", user_id(last));
    let (entered, is_in) = mpsc::channel::<()>();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = runs.clone();
    let job: Work<()> = Box::new(move |connection| {
        let is_first = counted.fetch_add(1, Ordering::Relaxed) == 0;
        connection.batch_execute(&lock(1))?;
        if is_first {
            entered.send(()).unwrap();
            while !is_waited_for(connection) {
                thread::yield_now();
            }
        }
        // The other transaction holds this row, and waits for the first one.
        connection.batch_execute(&lock(2))?;
        Ok(())
    });
    thread::scope(|scope| {
        let database = &temp;
        scope.spawn(move || {
            let mut other = other(database);
            // The session that finds the deadlock is the one that fails: with this timeout that is the writer.
            other.batch_execute("SET deadlock_timeout TO '600s'; BEGIN").unwrap();
            is_in.recv().unwrap();
            other.batch_execute(&lock(2)).unwrap();
            other.batch_execute(&lock(1)).unwrap();
            other.batch_execute("COMMIT").unwrap();
        });
        let outcomes = as_one_batch(&temp.store, vec![Box::new(add(3)), job]);
        assert!(matches!(outcomes[..], [Ok(()), Ok(())]), "{outcomes:?}");
    });
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    assert!(holds(&temp.store, 3));
}

/// Whether another transaction waits for this one to end.
fn is_waited_for(connection: &mut Connection) -> bool {
    let waits = "SELECT 1 FROM pg_locks AS waiting JOIN pg_locks AS held USING (locktype, transactionid) \
                 WHERE locktype = 'transactionid' AND held.granted AND held.pid = pg_backend_pid() \
                 AND NOT waiting.granted";
    diesel::sql_query(waits).execute(connection).unwrap() > 0
}

/// A job that loses its connection, the first times it is run.
fn loses_its_connection(temp: &TempStore, times: usize) -> (Work<()>, Arc<AtomicUsize>) {
    let url = temp.database.url.clone();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = runs.clone();
    let job: Work<()> = Box::new(move |connection| {
        if counted.fetch_add(1, Ordering::Relaxed) < times {
            // Of this database alone: other tests have theirs on the same server.
            let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' \
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
            PgConnection::establish(&url).unwrap().batch_execute(end).unwrap();
        }
        add(2)(connection)
    });
    (job, runs)
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_batch_that_loses_its_connection_is_retried_on_another() {
    let temp = TempStore::new();
    let (job, runs) = loses_its_connection(&temp, 1);
    let outcomes = as_one_batch(&temp.store, vec![Box::new(add(1)), job, Box::new(add(3))]);
    assert!(matches!(outcomes[..], [Ok(()), Ok(()), Ok(())]), "{outcomes:?}");
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    assert!([1, 2, 3].into_iter().all(|last| holds(&temp.store, last)));
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_batch_is_not_retried_forever() {
    let temp = TempStore::new();
    let (job, runs) = loses_its_connection(&temp, usize::MAX);
    let outcomes = as_one_batch(&temp.store, vec![Box::new(add(1)), job]);
    let is_transient = |outcome: &Result<_, StoreFault>| matches!(outcome, Err(StoreFault::Unavailable(_)));
    assert!(outcomes.iter().all(is_transient), "{outcomes:?}");
    assert_eq!(runs.load(Ordering::Relaxed), 3);
    temp.transact(add(3)).unwrap();
    assert_eq!([1, 2, 3].map(|last| holds(&temp.store, last)), [false, false, true]);
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_connection_that_is_lost_in_the_commit_leaves_the_outcome_open() {
    let temp = TempStore::new();
    other(&temp)
        .batch_execute(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
             CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED
               FOR EACH ROW EXECUTE FUNCTION die()",
        )
        .unwrap();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = runs.clone();
    let fault = temp.transact(move |connection| {
        counted.fetch_add(1, Ordering::Relaxed);
        add(1)(connection)
    });
    let fault = fault.unwrap_err();
    assert!(matches!(fault, StoreFault::Commit(_)) && fault.is_transient(), "{fault}");
    assert_eq!(runs.load(Ordering::Relaxed), 1, "what may have been committed is not retried");
    other(&temp).batch_execute("DROP TRIGGER dies ON users").unwrap();
    temp.transact(add(1)).unwrap();
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn an_instance_that_hangs_is_disconnected_and_the_others_go_on() {
    let temp = TempStore::new();
    let hanging = with_timeout(&temp, 300);
    let (others, runs) = (temp.store.clone(), AtomicUsize::new(0));
    hanging
        .transact(move |connection| {
            if runs.fetch_add(1, Ordering::Relaxed) == 0 {
                add(1)(connection)?;
                // This waits for the writers' lock, which this job holds.
                others.transact(add(2))?;
            }
            assert!(users::all(connection)?.iter().all(|known| known.id != user_id(1)), "it was rolled back");
            add(3)(connection)
        })
        .unwrap();
    assert_eq!([1, 2, 3].map(|last| holds(&temp.store, last)), [false, true, true]);
}
