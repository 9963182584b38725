//! Any bytes at all may stand in the body of a request: they are answered, and
//! soon.

#![no_main]

use gateway::http::check_request;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let _ = check_request(body);
});
