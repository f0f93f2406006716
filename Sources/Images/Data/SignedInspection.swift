import Signatures

/// Inspects data, and verifies the signature over them while they go by.
struct SignedInspection: DataInspection {
    private var inner: any DataInspection
    private var verifier: SignatureVerifier

    init(_ inner: any DataInspection, _ verifier: SignatureVerifier) {
        self.inner = inner
        self.verifier = verifier
    }

    mutating func take(_ bytes: Span<UInt8>) {
        inner.take(bytes)
        verifier.take(bytes)
    }

    /// Data that are refused anyway are not verified.
    func verdict() -> DataVerdict {
        let verdict = inner.verdict()
        guard case .accepted = verdict else { return verdict }
        do throws(SignatureFault) {
            try verifier.finish()
            return verdict
        } catch {
            return .unverified("\(error).")
        }
    }
}
