use crate::diagnostics::ROWS;

#[test]
fn codes_are_unique_and_in_order() {
    assert!(ROWS.windows(2).all(|pair| pair[0].code < pair[1].code));
}
