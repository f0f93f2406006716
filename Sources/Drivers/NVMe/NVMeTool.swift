import Host

/// The program `nvme`, used only in forms that do not change with its version: what the specification defines as bytes
/// is read as bytes.
struct NVMeTool: Sendable {
    /// The namespace id that addresses every namespace at once.
    static let everyNamespace: UInt32 = 0xffff_ffff

    let commands: any CommandRunner
    /// Timeout of each call that only reads.
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

    // MARK: Identify (NVM Express base specification 2.0, section 5.17)

    /// The namespaces that are attached to the controller.
    func attached(_ controller: String) async throws(DriverFault) -> [UInt32] { try await list(controller, 0x02) }

    /// All namespaces of the drive, including those that are attached to no controller. Only for drives with namespace
    /// management.
    func allocated(_ controller: String) async throws(DriverFault) -> [UInt32] { try await list(controller, 0x10) }

    func namespace(_ number: UInt32, of controller: String) async throws(DriverFault) -> NVMeNamespaceIdentity {
        let bytes = try await identify(controller, 0x00, namespace: number)
        guard let identity = NVMeNamespaceIdentity(bytes) else {
            throw DriverFault("Namespace \(number) of /dev/\(controller) gave no identity that can be read.")
        }
        return identity
    }

    /// The numbers of the controllers that the namespace is attached to. Only for drives with namespace management.
    func controllers(having number: UInt32, of controller: String) async throws(DriverFault) -> [Int] {
        let bytes = try await identify(controller, 0x12, namespace: number)
        guard bytes.count >= 2 else { throw Self.unreadable(controller) }
        let count = Int(bytes[0]) | Int(bytes[1]) << 8
        guard bytes.count >= 2 + 2 * count else { throw Self.unreadable(controller) }
        return (0..<count).map { Int(bytes[2 + 2 * $0]) | Int(bytes[3 + 2 * $0]) << 8 }
    }

    /// The formats that are possible for every namespace of the drive.
    func commonFormats(_ controller: String) async throws(DriverFault) -> [NVMeNamespaceIdentity.Format] {
        let bytes = try await identify(controller, 0x00, namespace: Self.everyNamespace)
        return NVMeNamespaceIdentity(bytes)?.formats ?? []
    }

    private func list(_ controller: String, _ structure: Int) async throws(DriverFault) -> [UInt32] {
        var found: [UInt32] = []
        // 1,024 a page, each above the last of the page before.
        while true {
            let bytes = try await identify(controller, structure, namespace: found.last ?? 0)
            guard bytes.count >= 4096 else { throw Self.unreadable(controller) }
            var count = 0
            while count < 1024 {
                let place = 4 * count
                let low = UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8
                let number = low | UInt32(bytes[place + 2]) << 16 | UInt32(bytes[place + 3]) << 24
                guard number != 0 else { break }
                guard number > found.last ?? 0 else { throw Self.unreadable(controller) }
                found.append(number)
                count += 1
            }
            if count < 1024 { return found }
        }
    }

    private func identify(_ controller: String, _ structure: Int, namespace: UInt32) async throws(DriverFault)
        -> [UInt8]
    {
        try await ask([
            "admin-passthru", "/dev/\(controller)", "--opcode=6", "--namespace-id=\(namespace)",
            "--cdw10=\(structure)", "--data-len=4096", "--read", "--raw-binary",
        ])
    }

    private static func unreadable(_ controller: String) -> DriverFault {
        DriverFault("/dev/\(controller) gave a list that cannot be read.")
    }

    // MARK: Namespace management

    func attach(_ number: UInt32, to controllers: [Int], of controller: String) async throws(DriverFault) {
        _ = try await ask([
            "attach-ns", "/dev/\(controller)", "--namespace-id=\(number)",
            "--controllers=\(controllers.map(String.init).joined(separator: ","))",
        ])
    }

    func delete(_ number: UInt32, of controller: String) async throws(DriverFault) {
        _ = try await ask(["delete-ns", "/dev/\(controller)", "--namespace-id=\(number)"])
    }

    /// Creates a namespace. Other controllers may have it only if `isShared`.
    func create(blocks: UInt64, format: Int, isShared: Bool, on controller: String) async throws(DriverFault) {
        _ = try await ask([
            "create-ns", "/dev/\(controller)", "--nsze=\(blocks)", "--ncap=\(blocks)",
            "--flbas=\(format & 0xf | (format >> 4) << 5)", "--dps=0", "--nmic=\(isShared ? 1 : 0)",
        ])
    }

    /// Makes the kernel read the namespaces again.
    func rescan(_ controller: String) async throws(DriverFault) {
        _ = try await ask(["ns-rescan", "/dev/\(controller)"])
    }

    // MARK: Erasing

    /// `action`: 1 leaves failure mode, 2 erases blocks, 3 overwrites, 4 erases the key.
    func sanitize(_ controller: String, action: Int) async throws(DriverFault) {
        _ = try await ask(["sanitize", "/dev/\(controller)", "--sanact=\(action)"])
    }

    /// `erase`: 1 erases user data, 2 erases the key. The command is sent to the controller, so that the caller can
    /// keep the block device claimed.
    func format(
        _ number: UInt32, of controller: String, erase: Int, format: Int, timeout: Duration
    ) async throws(DriverFault) {
        // Without --force: the program waits ten seconds before it begins.
        _ = try await run(
            Command(
                "nvme",
                [
                    "format", "/dev/\(controller)", "--namespace-id=\(number)", "--ses=\(erase)", "--lbaf=\(format)",
                    "--timeout=\(timeout.components.seconds * 1000)",
                ], timeout: timeout + .seconds(15)))
    }

    /// Writes zeros. The program refuses a block device that anyone has claimed exclusively.
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
