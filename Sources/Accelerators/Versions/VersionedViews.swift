import API

// The members of views that came with a later version than the view.

extension DeviceView: VersionedView {
    static let since: [String: APIVersion] = [
        "status": .deviceStatus, "state": .operations, "driver": .operations, "facts": .operations,
        "deployables": .operations,
    ]
}

extension DeviceListView: VersionedView {
    static let since: [String: APIVersion] = ["devices_links": .operations]
}

extension DeployableView: VersionedView {
    static let since: [String: APIVersion] = [
        "status": .operations, "device_uuid": .operations, "resource_class": .operations,
    ]
}

extension DeployableListView: VersionedView {
    static let since: [String: APIVersion] = ["deployables_links": .operations]
}

extension HostListView: VersionedView {
    static let since: [String: APIVersion] = ["hint": .accountability]
}

extension AcceleratorRequestView: VersionedView {
    static let since: [String: APIVersion] = ["reason": .accountability]
}

extension AcceleratorRequestListView: VersionedView {
    static let since: [String: APIVersion] = ["arqs_links": .operations]
}
