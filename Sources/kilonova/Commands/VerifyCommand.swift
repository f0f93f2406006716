import ArgumentParser
import FoundationEssentials
import Model
import Sanitisation

/// `kilonova verify`: checks documents without the control plane that issued them.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check documents without the control plane that issued them.",
        subcommands: [Certificate.self])

    /// Checks signatures and chains.
    struct Certificate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "certificate",
            abstract: "Check sanitisation certificates: their signatures, and that each follows the previous one.",
            discussion: """
                A file contains one certificate, a list of certificates, or a response of the API. If the ends of chains are given \
                too, certificates that are missing at the end are detected. The exit status is 1 if any check fails. Without \
                --keys, the keys in the certificates are used. That proves only that nothing was changed after signing.
                """)

        @Argument(help: "The files.")
        var files: [String]

        @Option(help: ArgumentHelp("Keys to trust: a response of GET /v2/sanitisation_keys.", valueName: "file"))
        var keys: String?

        func run() async throws {
            try await Reporting.failures {
                var documents: [CertificateDocument] = []
                for file in files { documents += try Self.read(file) { try CertificateFile.documents($0) } }
                let trusted = try keys.map { try Self.read($0) { try CertificateFile.keys($0) } }
                let check = ChainCheck(documents, trusted: trusted)
                for finding in check.findings { Reporting.say(Self.line(finding)) }
                for note in check.notes { Reporting.say("note: \(note)") }
                for host in check.openEnded {
                    Reporting.say(
                        "note: The end of the chain of \(host) was not given, so certificates that are missing at its end are not "
                            + "detected; give it too, from GET /v2/sanitisation_chains.")
                }
                for fault in check.faults { Reporting.say("wrong: \(fault)") }
                guard check.holds else { throw Fault.badRequest("The certificates are not valid.") }
                Reporting.say("\(check.findings.count) certificates are valid")
            }
        }

        private static func read<Value>(_ file: String, _ body: ([UInt8]) throws -> Value) throws -> Value {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw Fault.badRequest("'\(file)' cannot be read.")
            }
            do {
                return try body(Array(data))
            } catch {
                throw Fault.badRequest("'\(file)' cannot be checked: \(error).")
            }
        }

        private static func line(_ finding: ChainCheck.Finding) -> String {
            let statement = finding.statement
            let device = ["model", "serial", "firmware", "address"].compactMap { statement.device.facts[$0] }
            var parts = ["\(statement.host) \(statement.number): \(statement.result.rawValue)"]
            parts.append(device.isEmpty ? "device \(statement.device.uuid)" : device.joined(separator: " "))
            if !statement.methods.isEmpty { parts.append(statement.methods.joined(separator: ", ")) }
            switch statement.verification {
            case .samples(_, let count, let size, let written):
                var proof = "\(count) samples of \(size) bytes read back, \(written) of them written before"
                if let found = statement.proof {
                    proof +=
                        "; \(found.share) of the data left behind would have been found with probability \(found.probability)"
                }
                parts.append(proof)
            case .impossible(let reason): parts.append("not verified: \(reason)")
            case .unneeded: parts.append("the device keeps nothing")
            }
            if let reason = statement.reason { parts.append(reason) }
            parts.append(
                finding.faults.isEmpty
                    ? "signed by \(finding.key)" : finding.faults.map { "WRONG: \($0)" }.joined(separator: ", "))
            return parts.joined(separator: "; ")
        }
    }
}
