import Host

extension NVMeController {
    /// The drive's identity for an operator and for the record of a cleaning: `serial`, `model`, `firmware`.
    var facts: [String: String] {
        ["serial": serial, "model": model, "firmware": firmware].compactMapValues { $0 }
    }
}
