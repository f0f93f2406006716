import Drivers
import Host
import Model

/// Checks that groups of devices are complete. A group that has lost a member is not offered until the member is back,
/// or the configuration names another one. The members of a group are remembered across restarts.
enum GroupWatch {
    /// What is remembered of a group.
    struct Record: Sendable, Codable, Equatable {
        var members: [String]
        /// The entries of `device_spec` that form it.
        var spec: String
    }

    /// Removes incomplete groups from the findings, and records the reasons.
    static func settle(_ findings: inout Findings, _ records: inout [String: Record]) {
        var seen: Set<String> = []
        for (driver, devices) in findings.devices {
            var whole: [DeviceReport] = []
            for device in devices {
                guard let group = device.group else {
                    whole.append(device)
                    continue
                }
                seen.insert(group.name)
                let known = records[group.name].flatMap { $0.spec == group.spec ? $0.members : nil } ?? []
                let missing = known.filter { !group.members.contains($0) }
                if missing.isEmpty {
                    records[group.name] = Record(members: group.members, spec: group.spec)
                    whole.append(device)
                } else {
                    findings.conditions.append(
                        HostCondition(
                            .group, group.name,
                            "The group is not offered: \(missing.joined(separator: ", ")) is missing of its "
                                + "\(known.count) members."))
                }
            }
            findings.devices[driver] = whole
        }
        for note in findings.notes where note.path.hasPrefix("/group/") {
            let name = String(note.path.dropFirst("/group/".count))
            seen.insert(name)
            findings.conditions.append(HostCondition(.group, name, "The group \(note.text)."))
        }
        // What no configuration names any more is forgotten, when every driver has spoken.
        if findings.isComplete { records = records.filter { seen.contains($0.key) } }
    }
}
