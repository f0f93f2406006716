import Model
import Testing

@testable import Signatures

/// Chains inside the list of what is trusted.
@Suite struct TrustedCertificatesTests {
    /// What the check of `name` against the list ends with, nil where it is trusted.
    private func outcome(
        _ name: String, trusting names: [String], after days: Int = 0
    ) throws -> CertificateFault? {
        let trusted = TrustedCertificates(try SignatureFixture.certificates(names))
        let certificate = try SignatureFixture.certificate(name)
        let moment = try SignatureFixture.moment + .seconds(days * 86_400)
        do throws(CertificateFault) {
            try trusted.check(certificate, at: moment)
            return nil
        } catch {
            return error
        }
    }

    @Test func aChainEndsAtARootInTheList() throws {
        #expect(try outcome("rsa", trusting: ["root"]) == nil)
        #expect(try outcome("p256", trusting: ["intermediate", "root"]) == nil)
        #expect(try outcome("p256", trusting: ["p521", "root", "brief", "intermediate"]) == nil)
    }

    @Test func everySignerMustBeInTheList() throws {
        #expect(try outcome("p256", trusting: ["intermediate"]) == .untrusted)
        #expect(try outcome("p256", trusting: ["root"]) == .untrusted)
        #expect(try outcome("p256", trusting: ["root", "p256"]) == .untrusted)
        #expect(try outcome("p256", trusting: []) == .untrusted)
    }

    @Test func aRootOfTheSameNameIsAnother() throws {
        #expect(try outcome("rsa", trusting: ["impostor"]) == .untrusted)
        #expect(try outcome("rsa", trusting: ["impostor", "root"]) == nil)
    }

    @Test func aSelfSignedCertificateMustBeListedAndMaySign() throws {
        #expect(try outcome("root", trusting: ["root"]) == nil)
        #expect(try outcome("root", trusting: ["impostor"]) == .untrusted)
        #expect(try outcome("alone", trusting: ["alone"]) == .untrusted)
    }

    @Test func onlyAuthoritiesSign() throws {
        for name in ["plain", "unbound", "unfit"] {
            #expect(try outcome("under-\(name)", trusting: [name, "root"]) == .untrusted)
            #expect(try outcome(name, trusting: ["root"]) == nil)
        }
    }

    @Test func aSignerAllowsOnlySoManyBelow() throws {
        #expect(try outcome("deep", trusting: ["below", "intermediate", "root"]) == .chainTooLong)
        #expect(try outcome("below", trusting: ["intermediate", "root"]) == nil)
    }

    @Test func everyoneMustBeValidNow() throws {
        #expect(try outcome("under-brief", trusting: ["brief", "root"]) == nil)
        #expect(try outcome("under-brief", trusting: ["brief", "root"], after: 40) == .untrusted)
        #expect(try outcome("brief", trusting: ["root"], after: 40) == .expired)
        #expect(try outcome("rsa", trusting: ["root"], after: -2) == .notYetValid)
    }

    @Test func authoritiesThatSignOneAnotherAreNoRoot() throws {
        #expect(try outcome("under-left", trusting: ["left", "right"]) == .untrusted)
    }
}
