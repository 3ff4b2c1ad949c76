//! Leaving a group, so that the group knows.
//!
//! librdkafka forgets its member id before it tells the group, and tells nobody whether the group
//! has heard. So the group itself is asked.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rdkafka::consumer::Consumer as _;

use super::error;
use super::group::Membership;
use super::later::sleep;
use super::raw;
use crate::broker::BrokerError;

/// Between two looks at the client.
const LOOK: Duration = Duration::from_millis(2);

/// Between two questions to the group.
const PAUSE: Duration = Duration::from_millis(20);

impl Membership {
    pub(super) fn leaving(&self) -> String {
        format!("leave group `{}`", self.group)
    }

    /// Leaves. Serves the client meanwhile.
    pub(super) async fn leave(&self) -> Result<(), BrokerError> {
        if self.left.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let client = self.client.get();
        let member = raw::member_id(client.client());
        self.stop_deferring();
        if self.newer_protocol {
            // There a member keeps its id for life.
            client.close_queue().map_err(|e| self.words().request(&self.leaving(), error::code_of(&e)))?;
            return self.serve_until(|| client.closed()).await;
        }
        // Not by closing the client: its drop would close it once more, and complain in the log.
        client.unsubscribe();
        match (member, &self.instance) {
            // A static member tells nothing: its place is kept.
            (_, Some(_)) | (None, _) => Ok(()),
            (Some(member), None) => {
                self.serve_until(|| raw::member_id(client.client()).is_none()).await?;
                self.wait_until_gone(&member).await
            }
        }
    }

    async fn serve_until(&self, done: impl Fn() -> bool) -> Result<(), BrokerError> {
        while !done() {
            // What comes is of no interest any more; the callbacks answer the group.
            while self.client.get().poll(Duration::ZERO).is_some() {}
            sleep(LOOK).await;
        }
        Ok(())
    }

    /// Waits until the group does not have this member any more.
    async fn wait_until_gone(&self, member: &str) -> Result<(), BrokerError> {
        loop {
            match self.admin.members(&self.group).await {
                Ok(members) if members.iter().all(|other| other.id != member) => return Ok(()),
                Err(error) if !error.is_retriable() => {
                    tracing::debug!(%error, group = self.group, "left the group, as far as this process knows");
                    return Ok(());
                }
                Ok(_) | Err(_) => sleep(PAUSE).await,
            }
            // It may still have to answer the group.
            while self.client.get().poll(Duration::ZERO).is_some() {}
        }
    }
}
