//! Groups: joining, leaving, timing out, committing.

use std::sync::Arc;
use std::time::Duration;

use super::support::*;
use crate::broker::BrokerError;
use crate::broker::GroupEvent::{Assigned, Lost, Revoked};
use crate::broker::embedded::{EmbeddedLog, EmbeddedOptions};
use crate::time::clock::{ManualClock, ManualMonotonicClock};

#[test]
fn a_partition_moves_only_when_its_owner_has_given_it_back() {
    let (log, _) = log_with_clock();
    log.create_topic("t", 4).unwrap();
    let a = join(&log, &["t"]);
    let all: Vec<_> = (0..4).map(|p| tp("t", p)).collect();
    assert_eq!(poll(&a), Some(Assigned(all)));
    let b = join(&log, &["t"]);
    assert_eq!(poll(&b), None);
    let moving = vec![tp("t", 2), tp("t", 3)];
    assert_eq!(poll(&a), Some(Revoked(moving.clone())));
    assert_eq!(poll(&b), None, "not given back yet");
    a.commit(&[offset(tp("t", 3), 7)]).wait().unwrap();
    a.acknowledge_revoked(&moving).unwrap();
    assert_eq!(poll(&b), Some(Assigned(moving)));
    assert!(matches!(a.commit(&[offset(tp("t", 3), 8)]).wait(), Err(BrokerError::Fenced { .. })));
    assert_eq!(b.committed(&[tp("t", 3), tp("t", 0)]).wait().unwrap(), [Some(offset(tp("t", 3), 7)), None]);
    b.leave().wait().unwrap();
    assert!(matches!(b.commit(&[]).wait(), Err(BrokerError::Fenced { .. })));
    assert!(matches!(b.poll(Duration::ZERO), Err(BrokerError::Fenced { .. })));
    assert_eq!(poll(&a), Some(Assigned(vec![tp("t", 2), tp("t", 3)])));
}

#[test]
fn a_silent_member_is_thrown_out_and_comes_back_after_confirming() {
    let (log, clock) = log_with_clock();
    log.create_topic("t", 2).unwrap();
    let a = join(&log, &["t"]);
    let b = join(&log, &["t"]);
    poll(&a);
    a.acknowledge_revoked(&[tp("t", 0), tp("t", 1)]).unwrap();
    let revoked = poll(&a);
    assert_eq!(revoked, Some(Revoked(vec![tp("t", 1)])));
    a.acknowledge_revoked(&[tp("t", 1)]).unwrap();
    assert_eq!(poll(&b), Some(Assigned(vec![tp("t", 1)])));
    clock.advance(SESSION);
    assert_eq!(poll(&b), None);
    clock.advance(Duration::from_millis(1));
    assert_eq!(poll(&b), Some(Assigned(vec![tp("t", 0)])));
    assert!(matches!(a.commit(&[offset(tp("t", 0), 1)]).wait(), Err(BrokerError::Fenced { .. })));
    assert_eq!(poll(&a), Some(Lost(vec![tp("t", 0)])));
    assert_eq!(poll(&a), None, "out until it has confirmed");
    assert!(matches!(a.commit(&[offset(tp("t", 0), 1)]).wait(), Err(BrokerError::Fenced { .. })));
    a.acknowledge_revoked(&[tp("t", 0)]).unwrap();
    assert_eq!(poll(&a), None);
    assert_eq!(poll(&b), Some(Revoked(vec![tp("t", 1)])));
    b.acknowledge_revoked(&[tp("t", 1)]).unwrap();
    assert_eq!(poll(&a), Some(Assigned(vec![tp("t", 1)])));
    a.commit(&[offset(tp("t", 1), 3)]).wait().unwrap();
}

#[test]
fn a_member_that_is_thrown_out_before_it_hears_of_its_share_hears_that_nothing_is_left() {
    let (log, clock) = log_with_clock();
    log.create_topic("t", 1).unwrap();
    let a = join(&log, &["t"]);
    clock.advance(SESSION + Duration::from_millis(1));
    let b = join(&log, &["t"]);
    assert_eq!(poll(&b), Some(Assigned(vec![tp("t", 0)])));
    assert_eq!(poll(&a), Some(Lost(vec![tp("t", 0)])));
    a.acknowledge_revoked(&[tp("t", 0)]).unwrap();
    assert_eq!(poll(&a), Some(Assigned(Vec::new())));
}

#[test]
fn a_member_that_is_thrown_out_while_it_gives_back_comes_back_when_it_has() {
    let (log, clock) = log_with_clock();
    log.create_topic("t", 2).unwrap();
    let a = join(&log, &["t"]);
    poll(&a);
    let b = join(&log, &["t"]);
    let giving_back = vec![tp("t", 1)];
    assert_eq!(poll(&a), Some(Revoked(giving_back.clone())));
    // It closes the task of partition 1, and is silent for too long.
    clock.advance(SESSION + Duration::from_millis(1));
    assert_eq!(poll(&a), Some(Lost(vec![tp("t", 0)])));
    a.acknowledge_revoked(&[tp("t", 0)]).unwrap();
    assert_eq!(poll(&a), None);
    clock.advance(SESSION + Duration::from_millis(1));
    assert_eq!(poll(&a), None, "it still has partition 1 to close, whoever it belongs to");
    a.acknowledge_revoked(&giving_back).unwrap();
    assert_eq!(poll(&a), Some(Assigned(vec![tp("t", 0), tp("t", 1)])), "the other one is silent");
    drop(b);
}

#[test]
fn a_member_alone_is_fenced_too_when_it_was_silent() {
    let (log, clock) = log_with_clock();
    log.create_topic("t", 1).unwrap();
    let a = join(&log, &["t"]);
    poll(&a);
    clock.advance(SESSION + Duration::from_millis(1));
    assert!(matches!(a.commit(&[offset(tp("t", 0), 1)]).wait(), Err(BrokerError::Fenced { .. })));
    assert_eq!(poll(&a), Some(Lost(vec![tp("t", 0)])));
    a.acknowledge_revoked(&[tp("t", 0)]).unwrap();
    assert_eq!(poll(&a), Some(Assigned(vec![tp("t", 0)])));
}

#[test]
fn the_same_instance_takes_over_what_it_had() {
    let (log, _) = log_with_clock();
    log.create_topic("t", 4).unwrap();
    let a = join_as(&log, &["t"], Some("one"));
    poll(&a);
    let b = join_as(&log, &["t"], Some("two"));
    poll(&a);
    a.acknowledge_revoked(&[tp("t", 2), tp("t", 3)]).unwrap();
    poll(&b);
    let again = join_as(&log, &["t"], Some("one"));
    assert_eq!(poll(&again), Some(Assigned(vec![tp("t", 0), tp("t", 1)])));
    assert_eq!(poll(&b), None);
    assert!(matches!(a.poll(Duration::ZERO), Err(BrokerError::Fenced { .. })));
    assert!(matches!(a.commit(&[]).wait(), Err(BrokerError::Fenced { .. })));
}

#[test]
fn subscriptions_and_new_topics_change_the_assignment() {
    let (log, _) = log_with_clock();
    log.create_topic("t", 1).unwrap();
    let a = join(&log, &["t", "later"]);
    assert_eq!(poll(&a), Some(Assigned(vec![tp("t", 0)])));
    log.create_topic("later", 2).unwrap();
    assert_eq!(poll(&a), Some(Assigned(vec![tp("later", 0), tp("later", 1)])));
    a.subscribe(&["later".into()]).unwrap();
    assert_eq!(poll(&a), Some(Revoked(vec![tp("t", 0)])));
    assert!(a.commit(&[offset(tp("no", 0), 1)]).wait().is_err());
}

#[test]
fn a_poll_that_waits_sees_the_event_of_another_thread() {
    let (log, _) = log_with_clock();
    log.create_topic("t", 2).unwrap();
    let a = join(&log, &["t"]);
    poll(&a);
    let thread = std::thread::spawn({
        let a = a.clone();
        move || a.poll(Duration::from_secs(20)).unwrap()
    });
    std::thread::sleep(Duration::from_millis(30));
    let _b = join(&log, &["t"]);
    assert_eq!(thread.join().unwrap(), Some(Revoked(vec![tp("t", 1)])));
}

#[test]
fn a_wall_clock_that_jumps_ends_no_session_and_keeps_none_alive() {
    let wall = Arc::new(ManualClock::new(1_000_000_000));
    let clock = Arc::new(ManualMonotonicClock::default());
    let options = EmbeddedOptions { clock: wall.clone(), monotonic_clock: clock.clone(), ..EmbeddedOptions::default() };
    let log = EmbeddedLog::in_memory_with(options);
    log.create_topic("t", 2).unwrap();
    let a = join(&log, &["t"]);
    let b = join(&log, &["t"]);
    poll(&a);
    poll(&b);
    wall.advance_ms(3_600_000);
    assert_eq!(poll(&b), None);
    a.commit(&[offset(tp("t", 0), 1)]).wait().unwrap();
    wall.advance_ms(-7_200_000);
    clock.advance(SESSION + Duration::from_millis(1));
    poll(&b);
    assert!(matches!(a.commit(&[offset(tp("t", 0), 1)]).wait(), Err(BrokerError::Fenced { .. })));
}

#[test]
fn an_offset_that_cannot_be_written_is_not_committed() {
    let storage = disk();
    let log = open_on(&storage, EmbeddedOptions::default()).unwrap();
    log.create_topic("t", 1).unwrap();
    for n in 0..3 {
        put(&log, "t", 0, b"value", n);
    }
    log.flush().unwrap();
    let member = join(&log, &["t"]);
    let committed = || member.committed(&[tp("t", 0)]).wait().unwrap();
    member.commit(&[offset(tp("t", 0), 1)]).wait().unwrap();
    let mut failures = 0;
    loop {
        storage.fail_after(failures + 1, false);
        if member.commit(&[offset(tp("t", 0), 2)]).wait().is_ok() {
            break;
        }
        assert_eq!(committed(), [Some(offset(tp("t", 0), 1))], "operation {failures} fails");
        failures += 1;
    }
    assert!(failures >= 3, "a file is written, synced and renamed: {failures}");
    assert_eq!(committed(), [Some(offset(tp("t", 0), 2))]);
}
