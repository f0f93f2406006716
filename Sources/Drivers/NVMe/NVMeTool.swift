import Host

/// The program `nvme`, asked in the forms that do not change with its version.
struct NVMeTool: Sendable {
    let commands: any CommandRunner
    /// Of each call that only asks.
    var patience: Duration = .seconds(30)

    func identity(_ controller: String) async throws(DriverFault) -> NVMeIdentity {
        let bytes = try await ask(["id-ctrl", "/dev/\(controller)", "--raw-binary"])
        guard let identity = NVMeIdentity(bytes) else {
            throw DriverFault("/dev/\(controller) gave no identity that can be read.")
        }
        return identity
    }

    func wear(_ controller: String) async throws(DriverFault) -> NVMeWear {
        let bytes = try await ask(["smart-log", "/dev/\(controller)", "--raw-binary"])
        guard let wear = NVMeWear(bytes) else {
            throw DriverFault("/dev/\(controller) gave no health log that can be read.")
        }
        return wear
    }

    func sanitizeStatus(_ controller: String) async throws(DriverFault) -> SanitizeStatus {
        let bytes = try await ask(["sanitize-log", "/dev/\(controller)", "--raw-binary"])
        guard let status = SanitizeStatus(bytes) else {
            throw DriverFault("/dev/\(controller) gave no sanitize log that can be read.")
        }
        return status
    }

    /// The LBA format that a namespace has: formatting must keep it.
    func blockFormat(_ namespace: String) async throws(DriverFault) -> Int {
        let format = try await identify(namespace)[26]
        return Int(format & 0xf) | Int(format >> 5 & 3) << 4
    }

    /// Whether more controllers than one may have the namespace (NMIC, bit 0).
    func isShared(_ namespace: String) async throws(DriverFault) -> Bool {
        try await identify(namespace)[30] & 1 != 0
    }

    private func identify(_ namespace: String) async throws(DriverFault) -> [UInt8] {
        let bytes = try await ask(["id-ns", "/dev/\(namespace)", "--raw-binary"])
        guard bytes.count >= 32 else { throw DriverFault("/dev/\(namespace) gave no identity that can be read.") }
        return bytes
    }

    /// `action`: 1 leaves failure mode, 2 erases blocks, 3 overwrites, 4 erases the key.
    func sanitize(_ controller: String, action: Int) async throws(DriverFault) {
        _ = try await ask(["sanitize", "/dev/\(controller)", "--sanact=\(action)"])
    }

    /// `erase`: 1 user data, 2 the key.
    func format(_ namespace: String, erase: Int, timeout: Duration) async throws(DriverFault) {
        let format = try await blockFormat(namespace)
        let limit = timeout.components.seconds * 1000
        _ = try await run(
            Command(
                "nvme",
                [
                    "format", "/dev/\(namespace)", "--ses=\(erase)", "--lbaf=\(format)", "--timeout=\(limit)",
                    "--force",
                ], timeout: timeout))
    }

    func zero(_ namespace: String, timeout: Duration) async throws(DriverFault) {
        _ = try await run(Command("blkdiscard", ["--zeroout", "/dev/\(namespace)"], timeout: timeout))
    }

    private func ask(_ arguments: [String]) async throws(DriverFault) -> [UInt8] {
        try await run(Command("nvme", arguments, timeout: patience))
    }

    private func run(_ command: Command) async throws(DriverFault) -> [UInt8] {
        let result: CommandResult
        do {
            result = try await commands.run(command)
        } catch {
            throw DriverFault("\(error).", isTransient: error == .cancelled(command.program))
        }
        guard result.status == 0 else {
            throw DriverFault("'\(command.text)' failed: \(result.complaint)")
        }
        return result.output
    }
}
