//! Tesseract, run as a process where it is installed (`tesseract-ocr` and `tesseract-ocr-chi-sim` in Debian).

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long one picture may take.
const PATIENCE: Duration = Duration::from_secs(180);
/// Bytes of an answer.
const MAX_ANSWER: u64 = 32 << 20;

/// A Tesseract that knows simplified Chinese.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tesseract {
    program: PathBuf,
}

/// What a picture is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Script {
    /// Chinese words and figures.
    Chinese,
    /// Figures alone.
    Digits,
}

/// A word that was recognised, with its box in picture elements from the top left corner.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Word {
    pub text: String,
    /// From 0 to 100.
    pub confidence: f32,
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
}

impl Tesseract {
    /// The one on the search path.
    ///
    /// # Errors
    /// It is not installed, or not with the data for simplified Chinese and for digits; the text says what to install.
    pub fn find() -> Result<Tesseract, String> {
        Tesseract::at(Path::new("tesseract"))
    }

    /// The one at a path.
    ///
    /// # Errors
    /// As [`Tesseract::find`].
    pub fn at(program: &Path) -> Result<Tesseract, String> {
        let output = Command::new(program).arg("--list-langs").stdin(Stdio::null()).output();
        let output = output.map_err(|e| format!("{} cannot be run ({e}); install Tesseract 5", program.display()))?;
        let listed = [output.stdout, output.stderr].map(|b| String::from_utf8_lossy(&b).into_owned()).concat();
        for language in ["chi_sim", "eng"] {
            if !listed.lines().any(|l| l.trim() == language) {
                return Err(format!(
                    "Tesseract lacks the language data `{language}`; install it (tesseract-ocr-chi-sim in Debian)"
                ));
            }
        }
        Ok(Tesseract { program: program.to_owned() })
    }

    /// The words of a picture (PNG) that holds lines of text one below the other.
    pub(crate) fn words(&self, png: Vec<u8>, script: Script) -> Result<Vec<Word>, String> {
        let mut command = Command::new(&self.program);
        command.args(["-", "-", "--psm", "6", "--dpi", "300"]);
        match script {
            Script::Chinese => command.args(["-l", "chi_sim"]),
            Script::Digits => command.args(["-l", "eng", "-c", "tessedit_char_whitelist=0123456789.,-/%"]),
        };
        // Files are read in parallel already.
        command.arg("tsv").env("OMP_THREAD_LIMIT", "1");
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        answer(child.map_err(|e| e.to_string())?, png).map(|tsv| words(&tsv))
    }
}

/// Gives a process its input and takes its answer within [`PATIENCE`].
fn answer(mut child: Child, input: Vec<u8>) -> Result<String, String> {
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let writer = std::thread::spawn(move || stdin.map(|mut s| s.write_all(&input)));
    let reader = std::thread::spawn(move || {
        let mut out = Vec::new();
        let read = stdout.map(|s| s.take(MAX_ANSWER).read_to_end(&mut out));
        (read, out)
    });
    let start = Instant::now();
    let status = loop {
        match child.try_wait().map_err(|e| e.to_string())? {
            Some(status) => break status,
            None if start.elapsed() > PATIENCE => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("Tesseract took more than {} s over a picture", PATIENCE.as_secs()));
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let _ = writer.join();
    let (_, out) = reader.join().map_err(|_| "Tesseract's answer was lost".to_owned())?;
    if !status.success() {
        return Err(format!("Tesseract ended with {status}"));
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// The words (level 5) of Tesseract's TSV: level, page, block, paragraph, line, word, left, top, width, height,
/// confidence, text.
fn words(tsv: &str) -> Vec<Word> {
    let word = |line: &str| {
        let fields: Vec<&str> = line.splitn(12, '\t').collect();
        let number = |at: usize| fields.get(at)?.parse::<f32>().ok().filter(|n| n.is_finite());
        let text = fields.get(11)?.trim();
        (fields.first() == Some(&"5") && !text.is_empty()).then_some(())?;
        let (left, top, width, height) = (number(6)?, number(7)?, number(8)?, number(9)?);
        Some(Word { text: text.to_owned(), confidence: number(10)?, left, top, width, height })
    };
    tsv.lines().filter_map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::{Tesseract, words};

    #[test]
    fn words_of_an_answer() {
        let tsv = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
            4\t1\t1\t1\t1\t0\t10\t20\t30\t40\t-1\t\n5\t1\t1\t1\t1\t1\t10\t20\t30\t40\t96.5\t12\n5\t1\t1\t1\t1\t2\t50\t20\t9\t40\t12\t \n\
            5\t1\t1\t1\t1\t3\tx\t20\t9\t40\t12\ta\n5\t1";
        let found = words(tsv);
        let [word] = &found[..] else { panic!("{found:?}") };
        assert_eq!((word.text.as_str(), word.confidence, word.left, word.height), ("12", 96.5, 10.0, 40.0));
    }

    #[test]
    fn what_is_not_installed_is_said() {
        let problem = Tesseract::at(std::path::Path::new("/nonexistent/tesseract")).map(|_| ());
        assert!(problem.is_err_and(|p| p.contains("install")));
    }
}
