//! Asks a broker over the wire whether it serves: one Metadata request, without a client library.
//!
//! A port that accepts connections is not enough. A broker lists itself in its metadata only once the
//! controller has let it serve.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(2);

/// Metadata, version 1, correlation id 7, no client id, no topics. After its length, all big endian.
const REQUEST: [u8; 18] = [0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 7, 0xff, 0xff, 0, 0, 0, 0];

/// True when the broker answers and lists at least one broker.
pub(super) fn is_ready(address: SocketAddr) -> bool {
    brokers(address).is_ok_and(|count| count > 0)
}

fn brokers(address: SocketAddr) -> io::Result<i32> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    stream.write_all(&REQUEST)?;
    read_answer(&mut stream)
}

/// The answer begins with its length, the correlation id, and the number of brokers.
fn read_answer(stream: &mut impl Read) -> io::Result<i32> {
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    let [.., c0, c1, c2, c3, b0, b1, b2, b3] = head;
    if i32::from_be_bytes([c0, c1, c2, c3]) != 7 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "not an answer to this request"));
    }
    Ok(i32::from_be_bytes([b0, b1, b2, b3]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_the_request_is_right() {
        let [a, b, c, d, rest @ ..] = REQUEST;
        assert_eq!(i32::from_be_bytes([a, b, c, d]) as usize, rest.len());
    }

    #[test]
    fn brokers_are_counted() {
        let answer = [0, 0, 0, 99, 0, 0, 0, 7, 0, 0, 0, 1, 42];
        assert_eq!(read_answer(&mut answer.as_slice()).unwrap(), 1);
        let stranger = [0, 0, 0, 99, 0, 0, 0, 8, 0, 0, 0, 1, 42];
        assert!(read_answer(&mut stranger.as_slice()).is_err());
        assert!(read_answer(&mut [0; 3].as_slice()).is_err());
    }
}
