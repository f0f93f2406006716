import Model

/// Reads the parents below `/sys/class/mdev_bus`, their types, and the devices that exist.
struct MdevEnumeration {
    private(set) var parents: [MdevParent] = []
    private(set) var devices: [Mdev] = []
    private(set) var problems: [HostProblem] = []

    init(_ root: SysfsRoot) {
        for name in (try? root.names(in: "/sys/class/mdev_bus")) ?? [] {
            let entry = "/sys/class/mdev_bus/\(name)"
            let path = (try? root.destination(of: entry)) ?? entry
            do {
                let types = try root.names(in: "\(path)/mdev_supported_types").compactMap {
                    type(root, "\(path)/mdev_supported_types/\($0)", $0)
                }
                parents.append(
                    MdevParent(name: name, path: path, address: PCIAddress(name), types: types))
            } catch {
                problems.append(HostProblem(path: entry, text: error.description))
            }
        }
        for name in (try? root.names(in: "/sys/bus/mdev/devices")) ?? [] {
            let entry = "/sys/bus/mdev/devices/\(name)"
            do {
                let path = try root.destination(of: entry)
                var folder = try DeviceFolder(root, path)
                let parent = path.split(separator: "/").dropLast().last.map(String.init) ?? ""
                devices.append(
                    Mdev(
                        name: name, parent: parent, type: folder.linkName("mdev_type"),
                        iommuGroup: folder.linkName("iommu_group").flatMap { Int($0) }))
                problems += folder.problems
            } catch {
                problems.append(HostProblem(path: entry, text: error.description))
            }
        }
    }

    private mutating func type(_ root: SysfsRoot, _ path: String, _ name: String) -> MdevType? {
        do {
            var folder = try DeviceFolder(root, path)
            defer { problems += folder.problems }
            guard let available = folder.number("available_instances"), available >= 0 else {
                if folder.problems.isEmpty { folder.note("available_instances", "is missing or negative") }
                return nil
            }
            return MdevType(
                name: name, title: folder.text("name"), available: available, deviceAPI: folder.text("device_api"),
                text: folder.text("description"), devices: (try? root.names(in: "\(path)/devices")) ?? [])
        } catch {
            problems.append(HostProblem(path: path, text: error.description))
            return nil
        }
    }
}
