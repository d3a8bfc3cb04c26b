//! The bodies of the district and of the city: read from `district.toml` and `city.toml`.

use serde::Deserialize;

/// Administrative division that is not given to anybody.
const DIVISION: &str = "990107";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bodies {
    pub(crate) district: Group,
    #[serde(default)]
    pub(crate) group: Vec<Group>,
    pub(crate) body: Vec<Body>,
}

/// A government above its bodies.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    #[serde(default)]
    pub(crate) key: String,
    pub(crate) serial: String,
    pub(crate) name: String,
    #[serde(default = "district")]
    pub(crate) kind: String,
}

fn district() -> String {
    "district".to_owned()
}

/// A former name and the last year in which it was borne.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Former {
    pub(crate) name: String,
    pub(crate) to: u16,
}

/// A body that reports, with the levels of its figures in 2024.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    pub(crate) key: String,
    pub(crate) serial: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) group: String,
    #[serde(default)]
    pub(crate) short: String,
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    pub(crate) was: Option<Former>,
    pub(crate) from: Option<u16>,
    pub(crate) to: Option<u16>,
    #[serde(default)]
    pub(crate) successor: String,
    #[serde(default)]
    pub(crate) us: String,
    #[serde(default)]
    pub(crate) topics: Vec<String>,
    /// Requests received a year, in hundredths.
    #[serde(default)]
    pub(crate) requests: u32,
    #[serde(default)]
    pub(crate) licensing: i64,
    #[serde(default)]
    pub(crate) services: i64,
    #[serde(default)]
    pub(crate) penalties: i64,
    #[serde(default)]
    pub(crate) coercion: i64,
    #[serde(default)]
    pub(crate) in_force: i64,
    /// Documents issued a year, in tenths.
    #[serde(default)]
    pub(crate) issued: u32,
    /// Fees a year in 万元.
    #[serde(default)]
    pub(crate) fees: i64,
    /// Handles every request within its year.
    #[serde(default)]
    pub(crate) no_carry: bool,
}

impl Bodies {
    pub(crate) fn parse(text: &str) -> Bodies {
        match toml::from_str(text) {
            Ok(bodies) => bodies,
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) fn get(&self, key: &str) -> &Body {
        match self.body.iter().find(|b| b.key == key) {
            Some(body) => body,
            None => panic!("no body `{key}`"),
        }
    }
}

impl Body {
    pub(crate) fn id(&self) -> String {
        credit_code(&self.serial)
    }

    pub(crate) fn exists(&self, year: u16) -> bool {
        self.from.is_none_or(|from| from <= year) && self.to.is_none_or(|to| year <= to)
    }

    /// Its name in a year.
    pub(crate) fn name_in(&self, year: u16) -> &str {
        match &self.was {
            Some(former) if year <= former.to => &former.name,
            _ => &self.name,
        }
    }
}

impl Group {
    pub(crate) fn id(&self) -> String {
        credit_code(&self.serial)
    }
}

/// An 18-character unified social credit code (GB 32100-2015) around an eight-digit serial: `11` (organ of state), the
/// division, the organisation code with its check character (GB 11714), the check character of the whole.
pub(crate) fn credit_code(serial: &str) -> String {
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = serial.bytes().zip(weights).map(|(b, w)| u32::from(b - b'0') * w).sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from(b'0' + digit as u8),
    };
    let body = format!("11{DIVISION}{serial}{check}");
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut weight = 1;
    let mut sum = 0;
    for byte in body.bytes() {
        sum += ALPHABET.iter().position(|&a| a == byte).unwrap_or(0) * weight;
        weight = weight * 3 % 31;
    }
    format!("{body}{}", char::from(ALPHABET[(31 - sum % 31) % 31]))
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_have_their_check_characters() {
        for serial in ["00000100", "00000127", "00000233"] {
            assert_eq!(nianbao_form::registry::credit_code(&super::credit_code(serial)), Some(true), "{serial}");
        }
    }
}
