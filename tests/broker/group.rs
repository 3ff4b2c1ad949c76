//! Membership in a group.

use std::sync::Arc;
use std::time::{Duration, Instant};

use streams_runtime::broker::kafka::KafkaBroker;
use streams_runtime::broker::{Broker, BrokerError, CommitOffset, GroupConfig, GroupEvent, GroupMember, TopicPartition, Waker};

use crate::support::*;

fn config(group: &str, topics: &[&str]) -> GroupConfig {
    GroupConfig {
        group: group.to_owned(),
        topics: topics.iter().map(|t| t.to_string()).collect(),
        instance: None,
        client_id: fresh("member"),
        session_timeout: Duration::from_secs(6),
    }
}

fn join(broker: &KafkaBroker, group: &str, topics: &[&str]) -> Arc<dyn GroupMember> {
    broker.join_group(&config(group, topics)).expect("join")
}

fn offset(topic: &str, partition: i32, offset: i64) -> CommitOffset {
    CommitOffset { partition: TopicPartition::new(topic, partition), offset, metadata: format!("meta-{offset}") }
}

/// Polls both members until `done`, gathering what each got; that there is nothing for a member yet is passed over.
fn poll_until(members: &[&Arc<dyn GroupMember>], mut done: impl FnMut(usize, &GroupEvent) -> bool) {
    let until = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < until, "the event did not come");
        for (index, member) in members.iter().enumerate() {
            if let Some(event) = member.poll(Duration::from_millis(20)).expect("poll")
                && event != GroupEvent::Assigned(Vec::new())
                && done(index, &event)
            {
                return;
            }
        }
    }
}

fn first_event(member: &Arc<dyn GroupMember>) -> GroupEvent {
    let mut first = None;
    poll_until(&[member], |_, event| {
        first = Some(event.clone());
        true
    });
    first.expect("an event")
}

fn all_of(topic: &str, partitions: i32) -> Vec<TopicPartition> {
    (0..partitions).map(|p| TopicPartition::new(topic, p)).collect()
}

#[test]
fn a_member_gets_the_lead_topic_and_commits_any_topic() {
    let broker = broker();
    let lead = topic(&broker, "lead", 3);
    let side = topic(&broker, "side", 3);
    let group = fresh("group");
    let member = join(&broker, &group, &[&lead]);
    match first_event(&member) {
        GroupEvent::Assigned(mut list) => {
            list.sort();
            assert_eq!(list, all_of(&lead, 3));
        }
        other => panic!("{other:?}"),
    }
    let ask = [TopicPartition::new(side.as_str(), 1), TopicPartition::new(lead.as_str(), 0)];
    assert_eq!(member.committed(&ask).wait().unwrap(), [None, None]);
    let offsets = [offset(&lead, 0, 11), offset(&side, 1, 22)];
    // From another thread than the one that polls.
    std::thread::scope(|scope| {
        scope.spawn(|| member.commit(&offsets).wait().unwrap()).join().unwrap();
    });
    assert_eq!(member.committed(&ask).wait().unwrap(), [Some(offsets[1].clone()), Some(offsets[0].clone())]);
    let start = Instant::now();
    member.leave().wait().unwrap();
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    let error = member.commit(&offsets).wait().unwrap_err();
    assert!(matches!(error, BrokerError::Fenced { .. }), "{error}");
}

#[test]
fn a_revoked_partition_stays_until_it_is_acknowledged_and_can_be_committed_until_then() {
    let broker = broker();
    let lead = topic(&broker, "two", 4);
    let side = topic(&broker, "two-side", 4);
    let group = fresh("group");
    let a = join(&broker, &group, &[&lead]);
    assert!(matches!(first_event(&a), GroupEvent::Assigned(list) if list.len() == 4));
    let b = join(&broker, &group, &[&lead]);
    let mut revoked = Vec::new();
    poll_until(&[&a, &b], |index, event| match (index, event) {
        (0, GroupEvent::Revoked(list)) => {
            revoked = list.clone();
            true
        }
        other => panic!("{other:?}"),
    });
    assert_eq!(revoked.len(), 2);
    // The group waits: nobody gets them.
    let until = Instant::now() + Duration::from_secs(4);
    while Instant::now() < until {
        for member in [&a, &b] {
            let event = member.poll(Duration::from_millis(50)).unwrap();
            assert!(event.is_none_or(|event| event == GroupEvent::Assigned(Vec::new())));
        }
    }
    let last = [offset(&lead, revoked[0].partition, 5), offset(&side, revoked[0].partition, 6)];
    a.commit(&last).wait().unwrap();
    // One of the two is not enough.
    a.acknowledge_revoked(&revoked[..1]).unwrap();
    assert!(b.poll(Duration::from_secs(1)).unwrap().is_none_or(|event| event == GroupEvent::Assigned(Vec::new())));
    a.acknowledge_revoked(&revoked[1..]).unwrap();
    poll_until(&[&a, &b], |index, event| match (index, event) {
        (1, GroupEvent::Assigned(list)) => {
            let mut list = list.clone();
            list.sort();
            revoked.sort();
            assert_eq!(list, revoked);
            true
        }
        other => panic!("{other:?}"),
    });
    let found = b.committed(&[last[0].partition.clone(), last[1].partition.clone()]).wait();
    assert_eq!(found.unwrap(), [Some(last[0].clone()), Some(last[1].clone())]);
    // The other leaves, and what it had comes back without waiting for a session to end.
    let start = Instant::now();
    b.leave().wait().unwrap();
    poll_until(&[&a], |_, event| matches!(event, GroupEvent::Assigned(list) if list.len() == 2));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn a_member_that_is_thrown_out_loses_its_partitions_and_may_not_commit() {
    let broker = broker();
    // A member that is not polled for so long is taken for dead.
    let impatient = broker_with(&[("group.max.poll.interval.ms", "6000")]);
    let lead = topic(&broker, "lost", 2);
    let group = fresh("group");
    let a = join(&impatient, &group, &[&lead]);
    assert!(matches!(first_event(&a), GroupEvent::Assigned(list) if list.len() == 2));
    a.commit(&[offset(&lead, 0, 3)]).wait().unwrap();
    let b = join(&broker, &group, &[&lead]);
    // `a` is not polled any more; `b` gets everything.
    let mut got = 0;
    poll_until(&[&b], |_, event| {
        if let GroupEvent::Assigned(list) = event {
            got += list.len();
        }
        got == 2
    });
    let error = a.commit(&[offset(&lead, 0, 4)]).wait().unwrap_err();
    assert!(matches!(&error, BrokerError::Fenced { group: g, .. } if *g == group), "{error}");
    b.commit(&[offset(&lead, 0, 9)]).wait().unwrap();
    let mut lost = Vec::new();
    poll_until(&[&a, &b], |index, event| match (index, event) {
        (0, GroupEvent::Lost(list)) => {
            lost = list.clone();
            true
        }
        other => panic!("{other:?}"),
    });
    lost.sort();
    assert_eq!(lost, all_of(&lead, 2));
    let error = a.commit(&[offset(&lead, 0, 4)]).wait().unwrap_err();
    assert!(matches!(error, BrokerError::Fenced { .. }), "{error}");
    // After it confirmed the loss it joins again.
    a.acknowledge_revoked(&lost).unwrap();
    poll_until(&[&a, &b], |index, event| match (index, event) {
        (1, GroupEvent::Revoked(list)) => {
            b.acknowledge_revoked(list).unwrap();
            false
        }
        (0, GroupEvent::Assigned(list)) => {
            assert_eq!(list.len(), 1);
            true
        }
        other => panic!("{other:?}"),
    });
    let found = b.committed(&[TopicPartition::new(lead.as_str(), 0)]).wait().unwrap();
    assert_eq!(found[0].as_ref().unwrap().offset, 9);
}

#[test]
fn a_member_alone_that_is_not_polled_loses_everything_and_gets_it_back() {
    let impatient = broker_with(&[("group.max.poll.interval.ms", "6000")]);
    let lead = topic(&impatient, "alone", 2);
    let member = join(&impatient, &fresh("group"), &[&lead]);
    assert!(matches!(first_event(&member), GroupEvent::Assigned(list) if list.len() == 2));
    std::thread::sleep(Duration::from_secs(8));
    // An empty group would take the commit of a stranger.
    let error = member.commit(&[offset(&lead, 0, 4)]).wait().unwrap_err();
    assert!(matches!(error, BrokerError::Fenced { .. }), "{error}");
    let GroupEvent::Lost(mut lost) = first_event(&member) else {
        panic!("not lost");
    };
    lost.sort();
    assert_eq!(lost, all_of(&lead, 2));
    member.acknowledge_revoked(&lost).unwrap();
    assert!(matches!(first_event(&member), GroupEvent::Assigned(list) if list.len() == 2));
    member.commit(&[offset(&lead, 0, 4)]).wait().unwrap();
}

#[test]
fn a_static_member_comes_back_to_its_partitions_without_a_rebalance() {
    let broker = broker();
    let lead = topic(&broker, "static", 2);
    let group = fresh("group");
    let named = |instance: &str| {
        let config =
            GroupConfig { instance: Some(instance.to_owned()), session_timeout: Duration::from_secs(30), ..config(&group, &[&lead]) };
        broker.join_group(&config).unwrap()
    };
    let a = named("a");
    assert!(matches!(first_event(&a), GroupEvent::Assigned(list) if list.len() == 2));
    let b = named("b");
    let mut of_b = Vec::new();
    poll_until(&[&a, &b], |index, event| match (index, event) {
        (0, GroupEvent::Revoked(list)) => {
            a.acknowledge_revoked(list).unwrap();
            false
        }
        (1, GroupEvent::Assigned(list)) => {
            of_b = list.clone();
            true
        }
        other => panic!("{other:?}"),
    });
    b.leave().wait().unwrap();
    drop(b);
    let b = named("b");
    poll_until(&[&a, &b], |index, event| match (index, event) {
        (1, GroupEvent::Assigned(list)) => {
            assert_eq!(*list, of_b);
            true
        }
        other => panic!("{other:?}"),
    });
}

#[test]
fn another_topic_can_be_subscribed_later() {
    let broker = broker();
    let first = topic(&broker, "first", 1);
    let second = topic(&broker, "second", 1);
    let member = join(&broker, &fresh("group"), &[&first]);
    assert_eq!(first_event(&member), GroupEvent::Assigned(all_of(&first, 1)));
    member.subscribe(&[first.clone(), second.clone()]).unwrap();
    assert_eq!(first_event(&member), GroupEvent::Assigned(all_of(&second, 1)));
}

/// A broker does not know a topic that was just made for a while; nor does this one for longer.
#[test]
fn a_topic_that_comes_later_is_waited_for() {
    let broker = broker();
    let name = fresh("later");
    let member = join(&broker, &fresh("group"), &[&name]);
    for _ in 0..20 {
        assert_eq!(member.poll(Duration::from_millis(100)).unwrap().filter(|event| *event != GroupEvent::Assigned(Vec::new())), None);
    }
    create(&broker, &name, 2);
    match first_event(&member) {
        GroupEvent::Assigned(mut list) => {
            list.sort();
            assert_eq!(list, all_of(&name, 2));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_topic_that_does_not_come_is_an_error_that_names_it() {
    let broker = broker_with(&[("topic.metadata.propagation.max.ms", "1500")]);
    let name = fresh("never");
    let member = join(&broker, &fresh("group"), &[&name]);
    let start = Instant::now();
    let error = loop {
        assert!(start.elapsed() < PATIENCE, "no error came");
        if let Err(error) = member.poll(Duration::from_millis(100)) {
            break error;
        }
    };
    assert!(start.elapsed() >= Duration::from_millis(1500));
    assert!(matches!(&error, BrokerError::UnknownTopic { topic } if *topic == name), "{error}");
}

#[test]
fn the_newer_protocol_works_too() {
    let broker = broker_with(&[("group.protocol", "consumer")]);
    let lead = topic(&broker, "kip848", 2);
    let group = fresh("group");
    let a = join(&broker, &group, &[&lead]);
    assert!(matches!(first_event(&a), GroupEvent::Assigned(list) if list.len() == 2));
    a.commit(&[offset(&lead, 0, 3)]).wait().unwrap();
    let b = join(&broker, &group, &[&lead]);
    poll_until(&[&a, &b], |index, event| match (index, event) {
        (0, GroupEvent::Revoked(list)) => {
            assert_eq!(list.len(), 1);
            a.commit(&[offset(&lead, list[0].partition, 7)]).wait().unwrap();
            a.acknowledge_revoked(list).unwrap();
            false
        }
        (1, GroupEvent::Assigned(list)) => list.len() == 1,
        other => panic!("{other:?}"),
    });
    a.leave().wait().unwrap();
}

#[test]
fn a_member_of_a_broker_that_is_not_there_neither_fails_nor_hangs() {
    let broker = KafkaBroker::new("127.0.0.1:1", Default::default()).unwrap().request_timeout(Duration::from_secs(1)).unwrap();
    let member = join(&broker, "g", &["t"]);
    let start = Instant::now();
    assert_eq!(member.poll(Duration::from_millis(300)).unwrap(), None);
    assert!(member.commit(&[offset("t", 0, 1)]).wait().is_err());
    let error = member.committed(&[TopicPartition::new("t", 0)]).wait().unwrap_err();
    assert!(error.is_retriable(), "{error}");
    let _ = member.leave().wait();
    drop(member);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn a_member_for_whom_nothing_is_left_hears_that() {
    let broker = broker();
    let lead = topic(&broker, "one", 1);
    let group = fresh("group");
    let a = join(&broker, &group, &[&lead]);
    assert_eq!(first_event(&a), GroupEvent::Assigned(all_of(&lead, 1)));
    let b = join(&broker, &group, &[&lead]);
    let until = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < until, "the event did not come");
        let (of_a, of_b) = (a.poll(Duration::from_millis(20)).unwrap(), b.poll(Duration::from_millis(20)).unwrap());
        assert_eq!(of_a, None);
        if let Some(event) = of_b {
            assert_eq!(event, GroupEvent::Assigned(Vec::new()));
            break;
        }
    }
}

/// Wakes a thread that waits at the other end.
fn doorbell() -> (Waker, std::sync::mpsc::Receiver<()>) {
    let (rings, heard) = std::sync::mpsc::channel();
    // Nobody may listen any more.
    (Waker::new(move || rings.send(()).unwrap_or_default()), heard)
}

#[test]
fn who_polls_only_when_woken_misses_nothing_and_never_waits() {
    let broker = broker();
    let lead = topic(&broker, "woken", 4);
    let group = fresh("group");
    let member = join(&broker, &group, &[&lead]);
    let (waker, heard) = doorbell();
    member.wake(waker);
    let (mut owned, mut longest, mut wakes) = (0, Duration::ZERO, 0);
    let mut other = None;
    while owned != 2 {
        heard.recv_timeout(Duration::from_secs(20)).expect("the member is woken");
        wakes += 1;
        let begun = Instant::now();
        let event = member.poll(Duration::ZERO).unwrap();
        longest = longest.max(begun.elapsed());
        match event {
            Some(GroupEvent::Assigned(list)) => owned += list.len(),
            Some(GroupEvent::Revoked(list)) => {
                owned -= list.len();
                member.acknowledge_revoked(&list).unwrap();
            }
            Some(GroupEvent::Lost(list)) => panic!("{list:?} lost"),
            None => {}
        }
        if owned == 4 && other.is_none() {
            other = Some(join(&broker, &group, &[&lead]));
        }
        if let Some(other) = &other {
            other.poll(Duration::ZERO).unwrap();
        }
    }
    assert!(longest < Duration::from_millis(100), "{longest:?}");
    assert!(wakes < 200, "{wakes} wakes for a few events");
}

#[test]
fn the_group_tells_its_members_and_has_heard_of_who_left() {
    let broker = broker();
    let lead = topic(&broker, "members", 2);
    for protocol in ["classic", "consumer"] {
        let broker = broker_with(&[("group.protocol", protocol)]);
        let group = fresh("group");
        let configs = [config(&group, &[&lead]), config(&group, &[&lead])];
        let [a, b] = configs.each_ref().map(|config| broker.join_group(config).expect("join"));
        let mut each = [0, 0];
        poll_until(&[&a, &b], |index, event| {
            match event {
                GroupEvent::Assigned(list) => each[index] += list.len(),
                GroupEvent::Revoked(list) => {
                    each[index] -= list.len();
                    [&a, &b][index].acknowledge_revoked(list).unwrap();
                }
                GroupEvent::Lost(list) => panic!("{list:?} lost"),
            }
            each == [1, 1]
        });
        let mut expected = configs.each_ref().map(|config| config.client_id.clone()).to_vec();
        expected.sort();
        let mut members = a.members().wait().unwrap();
        members.sort();
        assert_eq!(members, expected, "{protocol}");
        a.leave().wait().unwrap();
        assert_eq!(b.members().wait().unwrap(), [configs[1].client_id.clone()], "{protocol}");
        b.leave().wait().unwrap();
        assert!(b.members().wait().unwrap().is_empty(), "{protocol}");
    }
}

/// What a member owns stays its own through a rebalance, so a commit that meets one is to be made
/// again, and is no loss.
#[test]
fn a_commit_that_meets_a_rebalance_can_be_made_again() {
    let broker = broker();
    let lead = topic(&broker, "busy", 6);
    let group = fresh("group");
    let a = join(&broker, &group, &[&lead]);
    assert!(matches!(first_event(&a), GroupEvent::Assigned(list) if list.len() == 6));
    let stop = std::sync::atomic::AtomicBool::new(false);
    let (done, retried) = std::thread::scope(|scope| {
        let commits = scope.spawn(|| {
            let (mut done, mut retried) = (0, 0);
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                match a.commit(&[offset(&lead, 0, done)]).wait() {
                    Ok(()) => done += 1,
                    Err(error) if error.is_retriable() => retried += 1,
                    Err(error) => panic!("{error}"),
                }
            }
            (done, retried)
        });
        let others: Vec<_> = (0..3).map(|_| join(&broker, &group, &[&lead])).collect();
        let until = Instant::now() + Duration::from_secs(12);
        while Instant::now() < until {
            for member in others.iter().chain([&a]) {
                if let Some(GroupEvent::Revoked(list)) = member.poll(Duration::from_millis(2)).unwrap() {
                    member.acknowledge_revoked(&list).unwrap();
                }
            }
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        commits.join().unwrap()
    });
    println!("{done} commits, {retried} met a rebalance");
    assert!(done > 100, "{done}");
    let committed = a.committed(&[TopicPartition::new(lead.as_str(), 0)]).wait().unwrap();
    assert_eq!(committed[0].as_ref().unwrap().offset, done - 1);
}
