//! Funnel limits for proportions: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in
//! Medicine 24 (2005) 1185–1202; exact binomial limits by interpolation (appendix A.1.1), overdispersion (section 4.2).

/// Above this many trials the normal limits are as good as the exact ones; limits that are widened are normal ones too.
const MANY: f64 = 1500.0;

/// The limits of a proportion `p` among `n` trials that chance leaves with probability `2 × tail`, widened by √`phi`; both
/// in 0 to 1.
pub(super) fn limits(p: f64, n: f64, tail: f64, z: f64, phi: f64) -> (f64, f64) {
    let (low, high) = if n > MANY || phi > 1.0 {
        let half = z * (p * (1.0 - p) / n).sqrt();
        (p - half, p + half)
    } else {
        // The upper limit is the lower one of the complement, so that where all of few cases are not rare the limit is 100 %.
        (quantile(p, n.round(), tail) / n, 1.0 - quantile(1.0 - p, n.round(), tail) / n)
    };
    let wide = |limit: f64| (p + (limit - p) * phi.sqrt()).clamp(0.0, 1.0);
    (wide(low), wide(high))
}

/// The point at which the binomial distribution function, interpolated, reaches `q`: r − α, where r is the smallest count
/// with F(r) > q and α = (F(r) − q) / (F(r) − F(r − 1)).
fn quantile(p: f64, n: f64, q: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 {
        return p * n;
    }
    let mut log = n * (1.0 - p).ln();
    let odds = (p / (1.0 - p)).ln();
    let (mut below, mut r) = (0.0, 0.0);
    loop {
        let mass = log.exp();
        if below + mass > q || r >= n {
            let alpha = if mass > 0.0 { ((below + mass - q) / mass).clamp(0.0, 1.0) } else { 0.0 };
            return (r - alpha).max(0.0);
        }
        below += mass;
        log += (n - r).ln() - (r + 1.0).ln() + odds;
        r += 1.0;
    }
}

/// How much more the proportions differ than chance explains: the mean squared z-score, the outermost tenth at either end
/// drawn in, and 1 where it is not above what chance gives to that many (so limits are not widened without need).
pub(super) fn dispersion(points: &[(f64, f64)], p: f64) -> f64 {
    if points.len() < 5 || p <= 0.0 || p >= 1.0 {
        return 1.0;
    }
    let mut z: Vec<f64> = points.iter().map(|(n, y)| (y - p) / (p * (1.0 - p) / n).sqrt()).collect();
    z.sort_by(f64::total_cmp);
    let k = z.len() / 10;
    let (low, high) = (z[k], z[z.len() - 1 - k]);
    let phi = z.iter().map(|v| v.clamp(low, high).powi(2)).sum::<f64>() / z.len() as f64;
    // The mean of I squared normal scores has standard deviation √(2/I).
    if phi > 1.0 + 2.0 * (2.0 / z.len() as f64).sqrt() { phi } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_limits_hold_what_they_promise() {
        // Binomial(10, 0.5): F(1) = 0.0107, F(2) = 0.0547; so q = 0.025 lies between 1 and 2.
        let (low, high) = limits(0.5, 10.0, 0.025, 1.96, 1.0);
        assert!((0.1..0.2).contains(&low) && (0.8..0.9).contains(&high), "{low} {high}");
        let r = 2.0 - (0.054_687_5 - 0.025) / (0.054_687_5 - 0.010_742_187_5);
        assert!((low - r / 10.0).abs() < 1e-9, "{low}");
    }

    #[test]
    fn exact_and_normal_limits_meet() {
        let (a, b) = limits(0.7, 1500.0, 0.001, 3.090_232, 1.0);
        let (c, d) = limits(0.7, 1501.0, 0.001, 3.090_232, 1.0);
        assert!((a - c).abs() < 0.003 && (b - d).abs() < 0.003, "{a} {c} {b} {d}");
        assert_eq!(limits(0.54, 1.0, 0.001, 3.09, 1.0), (0.0, 1.0));
        assert!(limits(0.0, 9.0, 0.025, 1.96, 1.0) == (0.0, 0.0));
    }

    #[test]
    fn equal_agencies_are_not_overdispersed() {
        let points: Vec<(f64, f64)> = (0..20).map(|i| (50.0, 0.5 + 0.07 * f64::from(i % 3 - 1))).collect();
        assert!((dispersion(&points, 0.5) - 1.0).abs() < 1e-12);
        let wild: Vec<(f64, f64)> = (0..20).map(|i| (50.0, if i % 2 == 0 { 0.2 } else { 0.8 })).collect();
        assert!(dispersion(&wild, 0.5) > 10.0);
    }
}
