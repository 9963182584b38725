//! A folder, served over HTTP until the test ends, by a server that may stop in
//! the middle.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

pub(crate) struct Served {
    address: SocketAddr,
    /// How many requests it answers before it stops.
    left: Arc<AtomicUsize>,
    /// How many requests it puts off before it answers again.
    busy: Arc<AtomicUsize>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Served {
    pub(crate) fn new(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let served = Self {
            address: listener.local_addr().unwrap(),
            left: Arc::new(AtomicUsize::new(usize::MAX)),
            busy: Arc::default(),
            asked: Arc::default(),
        };
        let folder = folder.to_owned();
        let (left, asked) = (Arc::clone(&served.left), Arc::clone(&served.asked));
        let busy = Arc::clone(&served.busy);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (folder, left, asked) = (folder.clone(), left.clone(), asked.clone());
                let busy = Arc::clone(&busy);
                thread::spawn(move || -> std::io::Result<()> {
                    let mut stream = stream?;
                    let mut lines = BufReader::new(stream.try_clone()?).lines();
                    let request = lines.next().unwrap()?;
                    while lines
                        .next()
                        .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
                    {
                    }
                    let path = request.split(' ').nth(1).unwrap();
                    let path = path.trim_start_matches("/log/");
                    let less = |left: usize| left.checked_sub(1);
                    if left
                        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
                        .is_err()
                    {
                        return Ok(());
                    }
                    let is_busy = busy.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
                    if is_busy.is_ok() {
                        return write!(
                            stream,
                            "HTTP/1.1 429 Too Many Requests\r\nretry-after: 0\r\n\
                             content-length: 0\r\nconnection: close\r\n\r\n"
                        );
                    }
                    asked.lock().unwrap().push(path.to_owned());
                    let (status, body) = match fs::read(folder.join(path)) {
                        Ok(body) => ("200 OK", body),
                        Err(_) => ("404 Not Found", vec![]),
                    };
                    let length = body.len();
                    write!(
                        stream,
                        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
                    )?;
                    stream.write_all(&body)
                });
            }
        });
        served
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/log/", self.address)
    }

    /// Answers this many requests more, and then none.
    pub(crate) fn stop_after(&self, requests: usize) {
        self.left.store(requests, Ordering::SeqCst);
    }

    /// Asks to be asked again before each of the next requests.
    pub(crate) fn put_off(&self, requests: usize) {
        self.busy.store(requests, Ordering::SeqCst);
    }

    /// What was asked for since the last call.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}
