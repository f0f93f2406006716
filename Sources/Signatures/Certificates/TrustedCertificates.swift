package import Model

/// The certificates that a server trusts, and chains inside of them.
///
/// A chain goes from an image's certificate upwards to a self-signed one, and each certificate above the first must be in the
/// list: the intermediate ones, too. A self-signed certificate of an image suffices if it is in the list and may sign.
package struct TrustedCertificates: Sendable {
    private let certificates: [ImageCertificate]

    /// - Parameter certificates: those of the list that could be read; the others are passed over
    public init(_ certificates: [ImageCertificate]) {
        self.certificates = certificates
    }

    /// Throws unless a chain inside the list leads from the certificate to a root.
    ///
    /// Whoever signs in the chain must be valid at `moment`, an authority, and allow as many authorities below it as there are.
    public func check(_ certificate: ImageCertificate, at moment: Timestamp) throws(CertificateFault) {
        try certificate.check(at: moment)
        let signers = certificates.filter { signer in
            signer.maySign && (try? signer.check(at: moment)) != nil
        }
        var search = Search(signers: signers)
        if search.leads(from: certificate, authorities: 0) { return }
        throw search.isAnyTooLong ? .chainTooLong : .untrusted
    }

    /// Visits each signer once, so that authorities that sign one another end it.
    private struct Search {
        let signers: [ImageCertificate]
        var visited: Set<Int> = []
        var isAnyTooLong = false

        init(signers: [ImageCertificate]) { self.signers = signers }

        /// - Parameter authorities: those between the next signer and the image's certificate
        mutating func leads(from certificate: ImageCertificate, authorities: Int) -> Bool {
            for (index, signer) in signers.enumerated() where signer.issued(certificate) {
                if signer == certificate { return true }
                guard !visited.contains(index) else { continue }
                guard signer.pathLength.map({ $0 >= authorities }) ?? true else {
                    isAnyTooLong = true
                    continue
                }
                visited.insert(index)
                if leads(from: signer, authorities: authorities + 1) { return true }
            }
            return false
        }
    }
}
