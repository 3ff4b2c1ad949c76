//! Random joining, leaving, silence and slowness: no partition ever has two owners that could
//! commit, and in the end each has one.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::support::*;
use crate::broker::embedded::EmbeddedLog;
use crate::broker::{GroupEvent, GroupMember, TopicPartition};

#[derive(Clone, Debug)]
enum Op {
    Join(usize),
    Leave(usize),
    /// The process dies: its handle goes, and nothing is said.
    Die(usize),
    Poll(usize),
    GiveBack(usize),
    Wait(u64),
    NewTopic,
}

fn op() -> impl Strategy<Value = Op> {
    let who = 0_usize..3;
    prop_oneof![
        3 => who.clone().prop_map(Op::Join),
        1 => who.clone().prop_map(Op::Leave),
        1 => who.clone().prop_map(Op::Die),
        8 => who.clone().prop_map(Op::Poll),
        5 => who.prop_map(Op::GiveBack),
        3 => (1..SESSION.as_millis() as u64 + 2_000).prop_map(Op::Wait),
        1 => Just(Op::NewTopic),
    ]
}

/// A member, and what it believes.
struct Player {
    member: Arc<dyn GroupMember>,
    owns: BTreeSet<TopicPartition>,
    asked_back: BTreeSet<TopicPartition>,
    lost: Vec<TopicPartition>,
}

impl Player {
    fn new(log: &EmbeddedLog) -> Self {
        Player { member: join(log, &["a", "b"]), owns: BTreeSet::new(), asked_back: BTreeSet::new(), lost: Vec::new() }
    }

    fn poll(&mut self) -> bool {
        match poll(&self.member) {
            None => return false,
            Some(GroupEvent::Assigned(partitions)) => {
                for partition in partitions {
                    assert!(self.owns.insert(partition), "assigned twice");
                }
            }
            Some(GroupEvent::Revoked(partitions)) => {
                for partition in partitions {
                    assert!(self.owns.contains(&partition), "asked for what it has not");
                    assert!(self.asked_back.insert(partition), "asked back twice");
                }
            }
            Some(GroupEvent::Lost(partitions)) => {
                for partition in &partitions {
                    self.owns.remove(partition);
                }
                // What was asked back before is given back as if nothing had happened.
                assert!(self.asked_back.is_disjoint(&partitions.iter().cloned().collect()));
                self.lost = partitions;
            }
        }
        true
    }

    fn give_back(&mut self) {
        for partition in &self.asked_back {
            self.owns.remove(partition);
        }
        let mut given: Vec<_> = std::mem::take(&mut self.asked_back).into_iter().collect();
        given.append(&mut self.lost);
        self.member.acknowledge_revoked(&given).unwrap();
    }
}

fn all(log: &EmbeddedLog) -> Vec<TopicPartition> {
    ["a", "b"].iter().flat_map(|t| (0..log.partitions(t).unwrap_or(0)).map(|p| tp(t, p))).collect()
}

fn run(ops: &[Op]) {
    let (log, clock) = log_with_clock();
    log.create_topic("a", 5).unwrap();
    let mut players: Vec<Option<Player>> = vec![None, None, None];
    for op in ops {
        match *op {
            Op::Join(i) if players[i].is_none() => players[i] = Some(Player::new(&log)),
            Op::Join(_) => {}
            Op::Leave(i) => {
                if let Some(player) = players[i].take() {
                    player.member.leave().wait().unwrap();
                }
            }
            Op::Die(i) => players[i] = None,
            Op::Poll(i) => drop(players[i].as_mut().map(Player::poll)),
            Op::GiveBack(i) => drop(players[i].as_mut().map(Player::give_back)),
            Op::Wait(ms) => clock.advance(Duration::from_millis(ms)),
            Op::NewTopic => drop(log.create_topic("b", 3)),
        }
        for partition in all(&log) {
            let owners = players
                .iter()
                .flatten()
                .filter(|p| p.owns.contains(&partition))
                .filter(|p| p.member.commit(&[offset(partition.clone(), 0)]).wait().is_ok());
            assert!(owners.count() <= 1, "{partition} has two owners after {op:?}");
        }
    }

    // Whoever is left keeps polling; the dead time out.
    clock.advance(SESSION + Duration::from_millis(1));
    let mut quiet = 0;
    for _ in 0..200 {
        clock.advance(Duration::from_millis(1));
        let mut events = false;
        for player in players.iter_mut().flatten() {
            events |= player.poll();
            player.give_back();
        }
        quiet = if events { 0 } else { quiet + 1 };
    }
    assert!(quiet > 100, "the group does not come to rest");
    let alive: Vec<_> = players.iter().flatten().collect();
    if alive.is_empty() {
        return;
    }
    for partition in all(&log) {
        let owners = alive.iter().filter(|p| p.owns.contains(&partition)).count();
        assert_eq!(owners, 1, "{partition}");
    }
    let counts: Vec<_> = alive.iter().map(|p| p.owns.len()).collect();
    assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1, "{counts:?}");
}

proptest! {
    #![proptest_config(at_least(500))]

    #[test]
    fn no_partition_ever_has_two_owners(ops in proptest::collection::vec(op(), 1..60)) {
        run(&ops);
    }
}

#[test]
fn no_more_partitions_move_than_balance_needs() {
    let (log, _) = log_with_clock();
    log.create_topic("a", 12).unwrap();
    let mut players: Vec<Player> = Vec::new();
    for expected_moves in [0, 6, 4, 3] {
        let mut moved = 0;
        players.push(Player::new(&log));
        for _ in 0..10 {
            for player in &mut players {
                player.poll();
                moved += player.asked_back.len();
                player.give_back();
            }
        }
        assert_eq!(moved, expected_moves);
    }
    assert!(players.iter().all(|p| p.owns.len() == 3));
}
