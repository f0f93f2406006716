import Host

extension NVMeController {
    /// What an operator, and the record of a cleaning, knows the drive by: `serial`, `model`, `firmware`.
    var facts: [String: String] {
        ["serial": serial, "model": model, "firmware": firmware].compactMapValues { $0 }
    }
}
