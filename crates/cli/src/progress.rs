//! Progress on standard error: bars on a terminal, lines elsewhere, nothing where it is not wanted.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::{Common, Lang, Log, Progress as Wish};

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Bars,
    Lines,
    Silent,
}

/// Tells how far the work is.
pub(crate) struct Progress {
    how: How,
    lang: Lang,
    timings: Mutex<Vec<(&'static str, f64)>>,
}

/// One stage of the work; ends when dropped.
pub(crate) struct Stage<'a> {
    owner: &'a Progress,
    id: &'static str,
    title: String,
    bar: Option<ProgressBar>,
    count: AtomicU64,
    total: u64,
    started: Instant,
    told: Mutex<Instant>,
}

impl Progress {
    pub(crate) fn new(common: &Common) -> Progress {
        let how = match (common.log, common.progress) {
            (Log::Json, _) | (_, Wish::None) => How::Silent,
            (_, Wish::Plain) => How::Lines,
            (_, Wish::Auto) if std::io::stderr().is_terminal() => How::Bars,
            (_, Wish::Auto) => How::Lines,
        };
        Progress { how, lang: common.language(), timings: Mutex::new(Vec::new()) }
    }

    /// Starts a stage of `total` steps; 0 where steps are not counted.
    pub(crate) fn stage(&self, id: &'static str, zh: &str, en: &str, total: usize) -> Stage<'_> {
        let title = self.lang.pick(zh, en).to_owned();
        let bar = (self.how == How::Bars).then(|| {
            let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
            let style = if total > 0 { "{msg:10} [{bar:32}] {pos}/{len}" } else { "{spinner} {msg}" };
            if let Ok(style) = ProgressStyle::with_template(style) {
                bar.set_style(style.progress_chars("━╸ "));
            }
            bar.set_message(title.clone());
            bar
        });
        let now = Instant::now();
        Stage { owner: self, id, title, bar, count: AtomicU64::new(0), total: total as u64, started: now, told: Mutex::new(now) }
    }

    /// Something that the run goes on without.
    pub(crate) fn warn(&self, zh: &str, en: &str, problem: &str) {
        match self.how {
            How::Silent => tracing::warn!(problem, "{en}"),
            _ => eprintln!("{}: {problem}", self.lang.pick(zh, en)),
        }
    }

    /// Seconds by stage, in order.
    pub(crate) fn timings(&self) -> Vec<(&'static str, f64)> {
        self.timings.lock().map(|t| t.clone()).unwrap_or_default()
    }
}

impl Stage<'_> {
    /// One step is done. Lines come at most every two seconds.
    pub(crate) fn step(&self) {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(bar) = &self.bar {
            bar.set_position(count);
        }
        if self.owner.how == How::Lines
            && let Ok(mut told) = self.told.try_lock()
            && told.elapsed() > Duration::from_secs(2)
        {
            *told = Instant::now();
            eprintln!("{} {count}/{}", self.title, self.total);
        }
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        let seconds = self.started.elapsed().as_secs_f64();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if self.owner.how == How::Lines {
            match self.total {
                0 => eprintln!("{} {seconds:.2}s", self.title),
                total => eprintln!("{} {}/{total} {seconds:.2}s", self.title, self.count.load(Ordering::Relaxed)),
            }
        }
        tracing::debug!(stage = self.id, seconds, "done");
        if let Ok(mut timings) = self.owner.timings.lock() {
            timings.push((self.id, seconds));
        }
    }
}
