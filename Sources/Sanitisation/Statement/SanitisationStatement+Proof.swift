import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension SanitisationStatement.Proof {
    /// Of a share f that was left, n samples all miss with probability (1 − f)ⁿ; f is solved for a miss in a thousand. Only samples
    /// that held something before count, for a place that was empty shows nothing.
    ///
    /// Nil where nothing was proven.
    init?(_ verification: CleaningRecord.Verification) {
        guard case .samples(_, _, _, let written) = verification, written > 0 else { return nil }
        let exact = 1 - exp(log(0.001) / Double(written))
        share = (exact * 10_000).rounded(.up) / 10_000
        probability = 0.999
    }
}
