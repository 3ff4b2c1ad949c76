use super::*;

/// Windows as they are listed, for every time that is in them.
#[derive(Clone)]
struct Listed(&'static [(i64, i64)], i64);

impl CustomWindows for Listed {
    fn windows_of(&self, time_ms: i64) -> impl IntoIterator<Item = Window> {
        let windows = self.0.iter().map(|&(start_ms, end_ms)| Window { start_ms, end_ms });
        windows.filter(move |window| window.start_ms <= time_ms && time_ms < window.end_ms)
    }

    fn size_ms(&self) -> i64 {
        self.1
    }
}

/// What they give, whatever the time.
#[derive(Clone)]
struct Always(&'static [(i64, i64)]);

impl CustomWindows for Always {
    fn windows_of(&self, _: i64) -> impl IntoIterator<Item = Window> {
        self.0.iter().map(|&(start_ms, end_ms)| Window { start_ms, end_ms })
    }

    fn size_ms(&self) -> i64 {
        100
    }
}

fn found<W: CustomWindows>(frames: &mut CustomFrames<W>, time_ms: i64) -> Result<Vec<(i64, i64)>, String> {
    frames.find(time_ms).map_err(|error| error.to_string())?;
    Ok(frames.found(time_ms).map(|window| (window.start_ms, window.end_ms)).collect())
}

/// Of different lengths, some of which overlap, with a gap from 70 to 80.
const WINDOWS: Listed = Listed(&[(-20, 5), (0, 10), (10, 40), (20, 40), (30, 70), (80, 90)], 40);

#[test]
fn a_time_is_in_its_windows_and_none_starts_before_0() {
    let mut frames = custom(WINDOWS).frames();
    assert_eq!(found(&mut frames, 3), Ok(vec![(0, 10)]));
    assert_eq!(found(&mut frames, 35), Ok(vec![(10, 40), (20, 40), (30, 70)]));
    assert_eq!(found(&mut frames, 75), Ok(vec![]));
    assert_eq!(found(&mut frames, 89), Ok(vec![(80, 90)]));
}

#[test]
fn what_has_closed_at_a_time_are_the_windows_that_end_up_to_it() {
    let mut frames = custom(WINDOWS).frames();
    for closed_ms in -2..120 {
        let upto_ms = frames.closed_starts_ms(closed_ms).unwrap();
        for &(start_ms, end_ms) in WINDOWS.0.iter().filter(|(start_ms, _)| *start_ms >= 0) {
            assert_eq!(start_ms <= upto_ms, end_ms <= closed_ms, "{start_ms}..{end_ms} at {closed_ms}");
        }
    }
}

#[test]
fn the_end_follows_from_the_start() {
    let ends = WindowEnds::of(WINDOWS);
    assert_eq!(ends.window(20), Ok(Window { start_ms: 20, end_ms: 40 }));
    let error = ends.window(21).unwrap_err().to_string();
    assert_eq!(error, "Listed: `windows_of` gives no window that starts at 21 ms; were the windows others when it was written?");
}

#[test]
fn keys_in_windows_of_several_kinds_have_the_end_that_all_agree_on() {
    let window = |start_ms, end_ms| Window { start_ms, end_ms };
    let ends = WindowEnds::of(WINDOWS).or(WindowEnds::of(Listed(&[(15, 18), (20, 40), (30, 50)], 20)));
    assert_eq!((ends.window(10), ends.window(15), ends.window(20)), (Ok(window(10, 40)), Ok(window(15, 18)), Ok(window(20, 40))));
    let error = ends.window(30).unwrap_err().to_string();
    assert!(error.starts_with("a key's window starts at 30 ms, and ends at 70 or at 50 ms"), "{error}");
    assert!(matches!(ends.window(31), Err(WindowError::NoWindow { .. })));
    let mixed = WindowEnds::After(10).or(WindowEnds::of(WINDOWS));
    assert_eq!((mixed.window(0), mixed.window(60)), (Ok(window(0, 10)), Ok(window(60, 70))));
    assert!(matches!(mixed.window(10), Err(WindowError::TwoKinds { .. })));
    assert_eq!(WindowEnds::After(10).or(WindowEnds::After(20)).window(5), Ok(window(5, 15)));
}

#[test]
fn windows_that_cannot_be_are_told_with_the_window() {
    let told = |windows: &'static [(i64, i64)], time_ms: i64| found(&mut custom(Always(windows)).frames(), time_ms).unwrap_err();
    assert!(told(&[(0, 10)], 10).starts_with("Always: the window from 0 to 10 ms does not contain the time 10 ms"));
    assert!(told(&[(5, 5)], 5).contains("from 5 to 5 ms does not contain the time 5 ms"));
    assert!(told(&[(0, 101)], 7).contains("from 0 to 101 ms is longer than 100 ms"));
    assert!(told(&[(0, 10), (0, 20)], 7).contains("gave the window from 0 to 20 ms behind that from 0 to 10 ms"));
    assert!(told(&[(0, 20), (5, 10)], 7).contains("gave the window from 5 to 10 ms behind that from 0 to 20 ms"));
}

/// Windows that begin wherever a record is.
#[derive(Clone)]
struct AroundEach;

impl CustomWindows for AroundEach {
    fn windows_of(&self, time_ms: i64) -> impl IntoIterator<Item = Window> {
        [Window { start_ms: time_ms - 5, end_ms: time_ms + 5 }]
    }

    fn size_ms(&self) -> i64 {
        10
    }
}

#[test]
fn a_window_that_its_own_start_is_not_in_is_told() {
    let error = found(&mut custom(AroundEach).frames(), 50).unwrap_err();
    let expected = "AroundEach: the window from 45 to 55 ms, which `windows_of` gave for the time 50 ms, is not among those that it gives for the window's start";
    assert_eq!(error, expected);
}

#[test]
fn windows_without_size_do_not_start() {
    assert_eq!(custom(WINDOWS).problem(), None);
    let problem = custom(Listed(&[], 0)).problem().unwrap();
    assert_eq!(problem, "the longest window of Listed has 0 ms: `size_ms` must say at least 1");
}
