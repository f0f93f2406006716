/// The facts by which devices are named, grouped and withdrawn. They are read and written here only, by their types;
/// `facts` shows them, with everything else, to operators.
extension DeviceReport {
    /// The number of its NUMA node.
    public var numaNode: Int? {
        guard let text = facts["numa_node"], let node = Int(text), "\(node)" == text else { return nil }
        return node
    }

    /// The PCI function that it is.
    public var address: PCIAddress? { facts["address"].flatMap { PCIAddress($0) } }

    /// The function of which it is a virtual one.
    public var physicalFunction: PCIAddress? { facts["physical_function"].flatMap { PCIAddress($0) } }

    /// The group of functions that it is; nil for any other device.
    public var group: ReportedGroup? {
        get {
            guard let name = facts["group"], let spec = facts["group_spec"] else { return nil }
            let members = facts["members"]?.split(separator: " ").map(String.init) ?? []
            return ReportedGroup(name, spec: spec, members: members)
        }
        set {
            facts["group"] = newValue?.name
            facts["group_spec"] = newValue?.spec
            facts["members"] = newValue?.members.joined(separator: " ")
        }
    }

    /// Its health as its agent judges it; nil while nothing is known.
    public var health: ReportedHealth? {
        get { facts["health"].map { ReportedHealth($0) } }
        set { facts["health"] = newValue?.description }
    }
}
