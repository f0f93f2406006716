// Made by Tools/standard-placement-data.py from os-resource-classes 1.1.0 (Apache-2.0, OpenStack Foundation and others).
// Do not edit.

import Model

/// The resource classes that every deployment knows, in their published order.
enum StandardResourceClasses {
    static let source = "os-resource-classes 1.1.0"

    static let ordered: [ResourceClass] = names.map { ResourceClass(unchecked: $0) }
    static let all = Set(ordered)

    private static let names = [
        "VCPU", "MEMORY_MB", "DISK_GB", "PCI_DEVICE", "SRIOV_NET_VF", "NUMA_SOCKET", "NUMA_CORE", "NUMA_THREAD",
        "NUMA_MEMORY_MB", "IPV4_ADDRESS", "VGPU", "VGPU_DISPLAY_HEAD", "NET_BW_EGR_KILOBIT_PER_SEC",
        "NET_BW_IGR_KILOBIT_PER_SEC", "PCPU", "MEM_ENCRYPTION_CONTEXT", "FPGA", "PGPU",
        "NET_PACKET_RATE_KILOPACKET_PER_SEC", "NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC",
        "NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC",
    ]
}
