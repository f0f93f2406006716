import Host
import Model

/// Loads logic onto FPGAs with their vendor's tool, and cleans them by loading the image that the operator names.
///
/// A reset does not remove the logic that a tenant loaded; only loading other logic does. Without an image, a card that
/// a tenant can program does not count as clean.
struct FPGAProgramming: Sendable {
    let commands: any CommandRunner
    let reset: ResetCleaning
    /// The image that is loaded between two tenants: a path on the host.
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

    /// Loads an image onto a card of this host. What the host needs, and what is gone, is left alone.
    func load(_ command: Command, onto address: PCIAddress) async throws(DriverFault) {
        try await check(address)
        try await load(command)
    }

    /// What the host needs is neither programmed nor reset.
    private func check(_ address: PCIAddress) async throws(DriverFault) {
        let host = await reset.control.snapshot()
        guard host.function(at: address) != nil else {
            throw DriverFault("There is no PCI function \(address) on this host.")
        }
        if let reason = Fencing(host).reasons(for: address).first {
            throw DriverFault("\(address) is left alone: \(reason).")
        }
    }

    /// A description of the cleaning, for the operator.
    var title: String {
        cleanImage == nil
            ? "not possible: no image is configured, so a tenant's logic stays" : "an image is loaded, and reset"
    }

    /// - Parameters:
    ///   - key: the configuration key of the image; nil if no program of the host loads images
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
        // The reset after it finds that out only then.
        try await check(address)
        let begun = reset.time.now()
        try await load(program(cleanImage))
        var record = try await reset.clean(
            address,
            note: "the image was loaded over the tenant's logic; memory on the card cannot be read from its host")
        record.methods.insert(CleaningRecord.loaded(cleanImage), at: 0)
        record.begun = begun
        return record
    }
}
