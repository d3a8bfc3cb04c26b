//! The one palette. Categories are ordered from dark to light: hue tells them apart on a screen (blue against orange, which
//! every kind of colour blindness keeps apart), lightness alone does in grey print. A test measures both.

/// A colour, sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rgb(pub(crate) u8, pub(crate) u8, pub(crate) u8);

pub(crate) const PAPER: Rgb = Rgb(255, 255, 255);
pub(crate) const INK: Rgb = Rgb(0x1f, 0x29, 0x33);
pub(crate) const MUTED: Rgb = Rgb(0x56, 0x61, 0x6b);
pub(crate) const RULE: Rgb = Rgb(0x8a, 0x94, 0x9e);
pub(crate) const GRID: Rgb = Rgb(0xe3, 0xe7, 0xeb);
/// What is meant above all: this year.
pub(crate) const MAIN: Rgb = Rgb(0x1f, 0x5f, 0x8b);
/// The same of other years and of those that are there for comparison.
pub(crate) const PALE: Rgb = Rgb(0xa9, 0xc4, 0xdc);
/// What is picked out: the agency asked for, an outlier.
pub(crate) const ACCENT: Rgb = Rgb(0xc4, 0x5a, 0x11);

/// Categories from dark to light.
const CATEGORIES: [Rgb; 7] = [
    Rgb(0x14, 0x2c, 0x4c),
    Rgb(0x1f, 0x5f, 0x8b),
    Rgb(0x2b, 0x8a, 0x8a),
    Rgb(0xd9, 0x82, 0x2b),
    Rgb(0xe9, 0xb0, 0x4f),
    Rgb(0xb9, 0xd2, 0xe8),
    Rgb(0xec, 0xe6, 0xd6),
];

/// Colours for `n` categories, as far apart as the palette allows. More than seven repeat it, which chart files are not
/// allowed to ask for.
pub(crate) fn categories(n: usize) -> Vec<Rgb> {
    let picks: &[usize] = match n {
        0 | 1 => &[1],
        2 => &[1, 3],
        3 => &[0, 3, 5],
        4 => &[0, 2, 4, 6],
        5 => &[0, 1, 3, 4, 5],
        6 => &[0, 1, 2, 3, 4, 5],
        _ => &[0, 1, 2, 3, 4, 5, 6],
    };
    (0..n).map(|i| CATEGORIES[picks[i % picks.len()]]).collect()
}

/// The most categories that one drawing may have.
pub(crate) const MOST: usize = CATEGORIES.len();

/// From nearly white (0) to dark blue (1), for heat maps; lightness falls evenly.
pub(crate) fn heat(t: f64) -> Rgb {
    const STOPS: [Rgb; 5] =
        [Rgb(0xf2, 0xf6, 0xfa), Rgb(0xc6, 0xd9, 0xea), Rgb(0x86, 0xb0, 0xd0), Rgb(0x3d, 0x7c, 0xab), Rgb(0x14, 0x3d, 0x66)];
    let at = t.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let i = (at as usize).min(STOPS.len() - 2);
    mix(STOPS[i], STOPS[i + 1], at - i as f64)
}

/// A colour between two.
pub(crate) fn mix(a: Rgb, b: Rgb, t: f64) -> Rgb {
    let one = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * t).round() as u8;
    Rgb(one(a.0, b.0), one(a.1, b.1), one(a.2, b.2))
}

/// Ink or paper, whichever is read better on the colour (WCAG 2.1, relative luminance).
pub(crate) fn text_on(fill: Rgb) -> Rgb {
    let contrast = |other: Rgb| {
        let (a, b) = (luminance(fill), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    };
    if contrast(PAPER) >= contrast(INK) { PAPER } else { INK }
}

fn luminance(c: Rgb) -> f64 {
    let linear = |v: u8| {
        let v = f64::from(v) / 255.0;
        if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(c.0) + 0.7152 * linear(c.1) + 0.0722 * linear(c.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CIE L*, 0 to 100: what is left of a colour in grey print.
    fn lightness(c: Rgb) -> f64 {
        let y = luminance(c);
        if y > 0.008_856 { 116.0 * y.cbrt() - 16.0 } else { 903.3 * y }
    }

    #[test]
    fn grey_print_keeps_categories_apart() {
        for n in 2..=MOST {
            let colours = categories(n);
            for pair in colours.windows(2) {
                let step = lightness(pair[1]) - lightness(pair[0]);
                assert!(step >= 7.0, "{n} categories: {pair:?} differ by {step:.1} in lightness");
            }
        }
        assert!(lightness(PALE) - lightness(MAIN) > 30.0);
    }

    /// Viénot, Brettel & Mollon 1999: what protanopes and deuteranopes see, in linear RGB.
    #[test]
    fn colour_blind_readers_keep_categories_apart() {
        let linear = |v: u8| (f64::from(v) / 255.0).powf(2.2);
        let matrices = [[[0.11238, 0.88762], [0.11238, 0.88762]], [[0.29275, 0.70725], [0.29275, 0.70725]]];
        for m in matrices {
            let seen = |c: Rgb| {
                let (r, g, b) = (linear(c.0), linear(c.1), linear(c.2));
                [m[0][0] * r + m[0][1] * g, m[1][0] * r + m[1][1] * g, b].map(|v: f64| v.powf(1.0 / 2.2) * 255.0)
            };
            for (i, a) in CATEGORIES.iter().enumerate() {
                for b in &CATEGORIES[..i] {
                    let (x, y) = (seen(*a), seen(*b));
                    let d = x.iter().zip(y).map(|(p, q)| (p - q) * (p - q)).sum::<f64>().sqrt();
                    assert!(d > 30.0, "{a:?} and {b:?}: {d:.0}");
                }
            }
        }
    }

    #[test]
    fn heat_falls_in_lightness() {
        let steps: Vec<f64> = (0..=10).map(|i| lightness(heat(f64::from(i) / 10.0))).collect();
        assert!(steps.windows(2).all(|p| p[0] > p[1] + 2.0), "{steps:?}");
    }
}
