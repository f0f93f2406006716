import Host
import Model

/// Cleans a function by resetting it: what its registers and, as far as the vendor sees to it, its memory hold is gone. Nothing
/// reads that back, and the record says so.
struct ResetCleaning {
    let control: HostControl
    let time: TimeSource

    func clean(_ address: PCIAddress, note: String? = nil) async throws(DriverFault) -> CleaningRecord {
        let begun = time.now()
        let function = try await changing { () async throws(ControlFault) in try await control.reset(address) }
        let methods = function.resetMethods
        var device = ["address": address.description, "vendor": function.vendorID, "product": function.productID]
        device["serial"] = function.serial
        // The kernel takes the first of its methods that works and does not say which that was.
        let way = methods.isEmpty ? "reset" : "reset by \(methods.joined(separator: " or "))"
        return CleaningRecord(
            device: device, methods: [way],
            verification: .impossible(note ?? "memory on a card cannot be read from its host"), begun: begun,
            ended: time.now())
    }
}
