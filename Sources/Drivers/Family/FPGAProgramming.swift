import Host
import Model

/// Loads logic onto FPGAs with their vendor's tool, and cleans them by loading what the operator names.
///
/// A reset leaves the logic that a tenant loaded. Only loading other logic over it removes it; without an image for that, a
/// card that a tenant can load logic onto is not clean, and not called so.
struct FPGAProgramming: Sendable {
    let commands: any CommandRunner
    let reset: ResetCleaning
    /// What is loaded between two tenants: a path on the host.
    let cleanImage: String?
    let timeout: Duration

    init(_ options: DriverOptions, cleanImage: String?) {
        commands = options.commands
        reset = ResetCleaning(options)
        self.cleanImage = cleanImage
        timeout = .seconds(600)
    }

    func load(_ command: Command) async throws(DriverFault) {
        let result: CommandResult
        do {
            result = try await commands.run(command)
        } catch {
            throw DriverFault("\(error).", isTransient: error == .cancelled(command.program))
        }
        guard result.status == 0 else { throw DriverFault("'\(command.text)' failed: \(result.complaint)") }
    }

    /// For the operator, beside the device.
    var title: String {
        cleanImage == nil
            ? "not possible: logic that a tenant loads stays, for no image is named" : "an image is loaded, and reset"
    }

    /// - Parameters:
    ///   - key: where the image is named; nil where no program of the host loads one
    ///   - program: makes the vendor's command for an image
    func clean(
        _ address: PCIAddress, key: String?, _ program: ((String) -> Command)?
    ) async throws(DriverFault) -> CleaningRecord {
        guard let cleanImage, let program else {
            let what = key.map { "name an image in \($0), or load" } ?? "load"
            throw DriverFault(
                "The logic that a tenant loaded onto \(address) stays over a reset; \(what) other logic over it and release the "
                    + "attach handle by hand.")
        }
        // What the host needs is neither programmed nor reset; the reset after it finds that out only then.
        let host = await reset.control.snapshot()
        guard host.function(at: address) != nil else {
            throw DriverFault("There is no PCI function \(address) on this host.")
        }
        if let reason = Fencing(host).reasons(for: address).first {
            throw DriverFault("\(address) is left alone: \(reason).")
        }
        let begun = reset.time.now()
        try await load(program(cleanImage))
        var record = try await reset.clean(
            address,
            note: "the image was loaded over the tenant's logic; memory on the card cannot be read from its host")
        record.methods.insert("loaded \(cleanImage)", at: 0)
        record.begun = begun
        return record
    }
}
