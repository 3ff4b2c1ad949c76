//! A cluster that says at first that it has no brokers, as one does whose brokers just come back.

#![cfg(feature = "kafka")]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use streams_runtime::broker::Broker;
use streams_runtime::broker::kafka::KafkaBroker;

const METADATA: i16 = 3;
const API_VERSIONS: i16 = 18;
const UNSUPPORTED_VERSION: i16 = 35;

/// The parts of Kafka's protocol that are needed here, all in old versions without tagged fields.
struct Request(Vec<u8>);

impl Request {
    fn read(from: &mut TcpStream) -> Option<Self> {
        let mut size = [0; 4];
        from.read_exact(&mut size).ok()?;
        let mut bytes = vec![0; u32::from_be_bytes(size) as usize];
        from.read_exact(&mut bytes).ok()?;
        Some(Request(bytes))
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let rest = self.0.split_off(N);
        std::mem::replace(&mut self.0, rest).try_into().expect("of this size")
    }

    fn i16(&mut self) -> i16 {
        i16::from_be_bytes(self.take())
    }

    fn i32(&mut self) -> i32 {
        i32::from_be_bytes(self.take())
    }

    fn text(&mut self) -> Vec<u8> {
        let size = self.i16().max(0) as usize;
        let rest = self.0.split_off(size);
        std::mem::replace(&mut self.0, rest)
    }
}

fn text(out: &mut Vec<u8>, text: &[u8]) {
    out.extend((text.len() as i16).to_be_bytes());
    out.extend(text);
}

/// Which versions of which requests there are.
fn api_versions(version: i16) -> Vec<u8> {
    let error = if version == 0 { 0 } else { UNSUPPORTED_VERSION };
    let mut out = error.to_be_bytes().to_vec();
    out.extend(2_i32.to_be_bytes());
    for (api, newest) in [(METADATA, 4_i16), (API_VERSIONS, 0)] {
        [api, 0, newest].iter().for_each(|number| out.extend(number.to_be_bytes()));
    }
    out
}

/// One broker, and of each topic that is asked for one partition; or nothing at all.
fn metadata(request: &mut Request, port: u16, knows: bool) -> Vec<u8> {
    let mut out = 0_i32.to_be_bytes().to_vec();
    out.extend(i32::from(knows).to_be_bytes());
    if knows {
        out.extend(1_i32.to_be_bytes());
        text(&mut out, b"127.0.0.1");
        out.extend(i32::from(port).to_be_bytes());
        out.extend((-1_i16).to_be_bytes());
    }
    text(&mut out, b"a-cluster");
    out.extend(if knows { 1_i32 } else { -1 }.to_be_bytes());
    let asked = if knows { request.i32().max(0) } else { 0 };
    out.extend(asked.to_be_bytes());
    for _ in 0..asked {
        out.extend(0_i16.to_be_bytes());
        text(&mut out, &request.text());
        out.push(0);
        out.extend(1_i32.to_be_bytes());
        out.extend(0_i16.to_be_bytes());
        [0, 1, 1, 1, 1, 1].iter().for_each(|number: &i32| out.extend(number.to_be_bytes()));
    }
    out
}

fn serve(mut client: TcpStream, port: u16, looks: &AtomicU32) {
    while let Some(mut request) = Request::read(&mut client) {
        let (api, version, correlation) = (request.i16(), request.i16(), request.i32());
        request.text();
        let mut answer = correlation.to_be_bytes().to_vec();
        answer.extend(match api {
            METADATA => metadata(&mut request, port, looks.fetch_add(1, Ordering::SeqCst) > 0),
            API_VERSIONS => api_versions(version),
            other => panic!("request {other}"),
        });
        let sent = client.write_all(&(answer.len() as u32).to_be_bytes()).and_then(|()| client.write_all(&answer));
        if sent.is_err() {
            return;
        }
    }
}

#[test]
fn a_cluster_that_has_no_brokers_for_a_moment_is_asked_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let looks = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&looks);
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let looks = Arc::clone(&counted);
            std::thread::spawn(move || serve(client.expect("a connection"), port, &looks));
        }
    });
    let broker = KafkaBroker::new(format!("127.0.0.1:{port}"), BTreeMap::new()).unwrap();
    let begun = Instant::now();
    let found = broker.topics(&["in"]).wait().unwrap();
    assert_eq!(found[0].as_ref().unwrap().partitions, 1);
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    assert!(looks.load(Ordering::SeqCst) > 1, "the first look has found nothing");
}
